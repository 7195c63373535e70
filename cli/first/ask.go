package first

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
)

// askFor asks for what no flag has said, on out, and reads the answers from in. An
// empty answer takes what stands in brackets.
func askFor(o *options, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	question := func(text, usual string, into *string) error {
		if *into != "" {
			return nil
		}
		if usual != "" {
			text += " [" + usual + "]"
		}
		fmt.Fprint(out, text+": ")
		if !lines.Scan() {
			if err := lines.Err(); err != nil {
				return fmt.Errorf("read the answers: %w", err)
			}
			return fmt.Errorf("the answers end at %q", text)
		}
		if *into = strings.TrimSpace(lines.Text()); *into == "" {
			*into = usual
		}
		return nil
	}
	source := ""
	if o.input == "" && o.topic == "" {
		if err := question("File to learn, or topic of Kafka", "", &source); err != nil {
			return err
		}
		if _, err := os.Stat(source); err == nil || strings.ContainsAny(source, "/.") {
			o.input = source
		} else {
			o.topic = source
		}
	}
	if o.topic != "" {
		if err := question("Brokers", "127.0.0.1:9092", &o.brokers); err != nil {
			return err
		}
	}
	if o.target == "" {
		target := ""
		if err := question("Attribute to predict, or none", none, &target); err != nil {
			return err
		}
		o.target = strings.TrimPrefix(target, none)
		if target != none {
			o.target = target
		}
	}
	if o.topic != "" && o.target != "" && !o.classify {
		kind := ""
		if err := question("Is "+o.target+" a number or a category", "number", &kind); err != nil {
			return err
		}
		o.classify = strings.HasPrefix(kind, "c")
	}
	return nil
}
