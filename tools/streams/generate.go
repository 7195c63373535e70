package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// generatedRows is how many rows a generated stream has.
const generatedRows = 10000

// generators are streams after their published definitions; each is drawn with a seed.
var generators = []struct {
	name string
	draw func(rng *rand.Rand, s *stream)
}{
	{"agrawal", agrawal},
	{"waveform", waveform},
	{"hyperplane", hyperplane},
	{"sine", sine},
	{"led", led},
	{"rbf-drift", radialBasis},
	{"friedman-0", friedman},
	{"friedman-1", friedman},
	{"friedman-2", friedman},
}

// generate draws a stream.
func generate(name string, draw func(*rand.Rand, *stream)) *stream {
	var seed uint64
	if _, err := fmt.Sscanf(name, "friedman-%d", &seed); err != nil {
		seed = 42
	}
	s := &stream{name: name}
	draw(rand.New(rand.NewPCG(seed, 7)), s)
	return s
}

// begin gives the stream its columns.
func (s *stream) begin(inputs int) { *s = *newStream(s.name, inputs) }

// add adds a row with a class.
func (s *stream) add(values []float64, class int) {
	s.rows.Values = append(s.rows.Values, values...)
	s.addClass(fmt.Sprint(class))
}

// agrawal is the loan data of Agrawal, Imielinski and Swami (IEEE TKDE 5, 1993), function 1:
// group A below 40 years of age or from 60 on. Categories are integers, 5 % of the numbers are
// perturbed as in MOA.
func agrawal(rng *rand.Rand, s *stream) {
	s.begin(9)
	perturb := func(v, low, high float64) float64 {
		return min(max(v+(rng.Float64()*2-1)*(high-low)*.05, low), high)
	}
	for range generatedRows {
		salary := 20000 + 130000*rng.Float64()
		commission := 0.0
		if salary < 75000 {
			commission = 10000 + 65000*rng.Float64()
		}
		age := float64(20 + rng.IntN(61))
		zip := float64(rng.IntN(9))
		house := (9 - zip) * 100000 * (.5 + rng.Float64())
		class := 0
		if age >= 40 && age < 60 {
			class = 1
		}
		row := []float64{salary, commission, age, float64(rng.IntN(5)), float64(1 + rng.IntN(20)), zip, house, float64(1 + rng.IntN(30)), 500000 * rng.Float64()}
		row[0], row[2] = perturb(salary, 20000, 150000), math.Round(perturb(age, 20, 80))
		if commission > 0 {
			row[1] = perturb(commission, 10000, 75000)
		}
		row[6], row[8] = perturb(house, (9-zip)*50000, (9-zip)*150000), perturb(row[8], 0, 500000)
		s.add(row, class)
	}
}

// waveform is that of Breiman, Friedman, Olshen and Stone (CART, 1984, page 49): 21 numbers, each
// class a random convex combination of two of three triangles, with noise.
func waveform(rng *rand.Rand, s *stream) {
	s.begin(21)
	triangle := func(k, i int) float64 {
		return max(6-math.Abs(float64(i+1-[]int{7, 15, 11}[k])), 0)
	}
	row := make([]float64, 21)
	for range generatedRows {
		class := rng.IntN(3)
		a, b := []int{0, 0, 1}[class], []int{1, 2, 2}[class]
		u := rng.Float64()
		for i := range row {
			row[i] = u*triangle(a, i) + (1-u)*triangle(b, i) + rng.NormFloat64()
		}
		s.add(row, class)
	}
}

// hyperplane is that of Hulten, Spencer and Domingos (KDD 2001) as MOA has it: 10 numbers, all
// weights move by .001 a row and turn with probability .1, 5 % noise.
func hyperplane(rng *rand.Rand, s *stream) {
	s.begin(10)
	weights, signs, row := make([]float64, 10), make([]float64, 10), make([]float64, 10)
	for i := range weights {
		weights[i], signs[i] = rng.Float64(), 1
	}
	for range generatedRows {
		sum, all := 0.0, 0.0
		for i := range row {
			row[i] = rng.Float64()
			sum += weights[i] * row[i]
			all += weights[i]
		}
		class := 0
		if sum >= all/2 {
			class = 1
		}
		if rng.Float64() < .05 {
			class = 1 - class
		}
		s.add(row, class)
		for i := range weights {
			weights[i] += signs[i] * .001
			if rng.Float64() < .1 {
				signs[i] = -signs[i]
			}
		}
	}
}

// sine is SINE1 of Gama, Medas, Castillo and Rodrigues (SBIA 2004): below y = sin x or not, reversed
// every 2,500 rows, with two numbers that say nothing.
func sine(rng *rand.Rand, s *stream) {
	s.begin(4)
	for i := range generatedRows {
		row := []float64{rng.Float64(), rng.Float64(), rng.Float64(), rng.Float64()}
		class := 0
		if (row[1] < math.Sin(row[0])) != (i/2500%2 == 1) {
			class = 1
		}
		s.add(row, class)
	}
}

// led is the display of Breiman and others (CART, 1984, page 43): seven lamps of a digit, each
// wrong with probability .1, and 17 that say nothing.
func led(rng *rand.Rand, s *stream) {
	lamps := []string{"1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011"}
	s.begin(24)
	row := make([]float64, 24)
	for range generatedRows {
		class := rng.IntN(10)
		for i := range row {
			on := rng.IntN(2) == 1
			if i < 7 {
				on = (lamps[class][i] == '1') != (rng.Float64() < .1)
			}
			row[i] = 0
			if on {
				row[i] = 1
			}
		}
		s.add(row, class)
	}
}

// radialBasis is MOA's RandomRBFGeneratorDrift (Bifet, Holmes, Pfahringer, Kirkby and Gavalda, KDD
// 2009): 50 centres in 10 numbers, 4 classes, all moving by .0005 a row.
func radialBasis(rng *rand.Rand, s *stream) {
	s.begin(10)
	const centres = 50
	var at, speed [centres][10]float64
	var class [centres]int
	var spread, weight [centres]float64
	total := 0.0
	for c := range centres {
		length := 0.0
		for i := range 10 {
			at[c][i], speed[c][i] = rng.Float64(), rng.Float64()
			length += speed[c][i] * speed[c][i]
		}
		for i := range 10 {
			speed[c][i] *= .0005 / math.Sqrt(length)
		}
		class[c], spread[c], weight[c] = rng.IntN(4), rng.Float64(), rng.Float64()
		total += weight[c]
	}
	for range generatedRows {
		for c := range centres {
			for i := range 10 {
				if at[c][i] += speed[c][i]; at[c][i] > 1 || at[c][i] < 0 {
					at[c][i] = min(max(at[c][i], 0), 1)
					speed[c][i] = -speed[c][i]
				}
			}
		}
		u, c := rng.Float64()*total, 0
		for c < centres-1 && u > weight[c] {
			u -= weight[c]
			c++
		}
		row, length := make([]float64, 10), 0.0
		for i := range row {
			row[i] = rng.Float64()*2 - 1
			length += row[i] * row[i]
		}
		distance := rng.NormFloat64() * spread[c] / math.Sqrt(length)
		for i := range row {
			row[i] = at[c][i] + row[i]*distance
		}
		s.add(row, class[c])
	}
}

// friedman is make_friedman1 of scikit-learn (Friedman, Annals of Statistics 19, 1991): 10 uniform
// numbers, 5 of which matter, noise of standard deviation 1.
func friedman(rng *rand.Rand, s *stream) {
	*s = stream{name: s.name, layout: &stats.Layout{}}
	for i := range 10 {
		s.layout.Numeric = append(s.layout.Numeric, stats.NumericColumn{Name: fmt.Sprintf("x%d", i+1)})
	}
	s.layout.Numeric = append(s.layout.Numeric, stats.NumericColumn{Name: "y"})
	s.rows.Numeric = 11
	row := make([]float64, 10)
	for range generatedRows {
		for i := range row {
			row[i] = rng.Float64()
		}
		y := 10*math.Sin(math.Pi*row[0]*row[1]) + 20*(row[2]-.5)*(row[2]-.5) + 10*row[3] + 5*row[4] + rng.NormFloat64()
		s.rows.Values = append(append(s.rows.Values, row...), y)
		s.rows.N++
	}
}
