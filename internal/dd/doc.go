// Package dd is double-double arithmetic: a number is the unevaluated sum of
// two float64, which gives about 106 significant bits (32 decimal digits) at
// the exponent range of float64.
//
// [Number] is a value with methods that return their result:
//
//	s := dd.FromFloat(1e16).AddFloat(1).AddFloat(-1e16) // 1, not 0
//	q := s.Div(dd.FromFloat(3))
//	x := q.Float()
//
// The error-free transformations [TwoSum], [FastTwoSum], [TwoDiff] and
// [TwoProd] are exported for loops that keep their own words. They are exact
// as long as nothing overflows or underflows.
//
// The package rounds to nearest only, and does not order, print or parse.
//
// Sources: T. J. Dekker, A floating-point technique for extending the
// available precision, Numer. Math. 18 (1971); D. E. Knuth, The Art of
// Computer Programming 2, 4.2.2; Y. Hida, X. S. Li, D. H. Bailey, Algorithms
// for quad-double precision floating point arithmetic, ARITH-15 (2001);
// M. Joldes, J.-M. Muller, V. Popescu, Tight and rigorous error bounds for
// basic building blocks of double-word arithmetic, ACM TOMS 44 (2017).
package dd
