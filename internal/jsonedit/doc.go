// Package jsonedit puts one value into a JSON document and leaves the rest of
// it as it is, byte for byte.
//
//	out, err := jsonedit.AppendInsert(nil, []byte(`{"s1": 1.50}`), []string{"sml", "hba1"}, []byte(`{"score":3}`))
//	// {"s1": 1.50,"sml":{"hba1":{"score":3}}}
//
// The document must be valid JSON, which is not checked: it is scanned for
// quotes and brackets only. Of a document that is not JSON the result is an
// error or no JSON either, and never a panic.
package jsonedit
