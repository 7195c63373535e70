// Package schema turns messages into encoded rows.
//
// A [Schema] is the list of a project's attributes: which column each has and
// which code each category has. It only ever grows, so columns and codes stay
// valid. [Rules] are what a user declares about attributes. The kind of any other
// attribute is inferred from its first value that is not null. A [Reader] appends
// documents to a [Block] as rows and collects attributes and categories that the
// schema does not have:
//
//	rules, err := schema.NewRules(schema.Config{Attributes: map[string]string{"class": "ignore"}})
//	reader := schema.NewReader(rules)
//	reader.SetSchema(current)
//	block.Reset(current)
//	err = reader.ReadJSON([]byte(`{"s1":12.5,"state":"up"}`), &block)
//	grown, added := current.Grow(reader.Growth(), rules.Limits())
//
// After a growth the caller sets the grown schema and reads the batch again.
//
// Missing values are decided here and nowhere else: an attribute that is
// absent or null is missing (NaN, or code -1); NaN and infinity are errors.
//
// The package does no statistics, stores nothing and knows nothing of Redpanda
// Connect. JSON is read in one pass over the bytes, without building a value.
package schema
