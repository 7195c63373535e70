import java.util.Scanner;

import moa.classifiers.core.driftdetection.STEPD;

/** Runs MOA's STEPD: each line of the input is window, two levels and a stream of 0 and 1; each line of the output its levels. */
public class Stepd {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            String[] parts = in.nextLine().split(" ");
            STEPD detector = new STEPD();
            detector.windowSizeOption.setValue(Integer.parseInt(parts[0]));
            detector.alphaDriftOption.setValue(Double.parseDouble(parts[1]));
            detector.alphaWarningOption.setValue(Double.parseDouble(parts[2]));
            StringBuilder out = new StringBuilder();
            for (char c : parts[3].toCharArray()) {
                detector.input(c - '0');
                out.append(detector.getChange() ? '2' : detector.getWarningZone() ? '1' : '0');
            }
            System.out.println(out);
        }
    }
}
