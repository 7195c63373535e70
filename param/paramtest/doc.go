// Package paramtest checks lists of parameters, and draws values that they take
// or must refuse. Each catalogue is walked by a test with it:
//
//	paramtest.Declared(t, "quantile", question.Parameters)
//	for _, wrong := range paramtest.Outside(random, &p) {
//		if question.Check(param.Values{p.Name: wrong}) == nil {
//			t.Errorf("%s takes %v", p.Name, wrong)
//		}
//	}
package paramtest
