// Package nab runs the Numenta Anomaly Benchmark: it reads the corpus, sends
// every series through a pipeline of this project's processors, and scores what
// comes out with the corpus' own rules.
//
//	corpus, _ := nab.Read(dir)
//	scores, _ := nab.Run(ctx, corpus)
//	best, _ := corpus.Optimise(scores, nab.Standard)
//	// best.Score, best.Threshold
//
// The rules are those of A. Lavin, S. Ahmad, Evaluating real-time anomaly
// detection algorithms: the Numenta anomaly benchmark (ICMLA 2015), section III,
// in the form of NAB v1.1.
package nab
