package schema_test

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

func ExampleReader() {
	rules, err := schema.NewRules(schema.Config{Attributes: map[string]string{"class": "ignore"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	batch := []string{
		`{"s1": 12.5, "state": "up", "class": 1}`,
		`{"s1": 13.0, "state": "down", "class": 4, "sml": {"score": 2}}`,
	}
	reader, block := schema.NewReader(rules), &schema.Block{}
	current := &schema.Schema{}
	read := func() {
		reader.SetSchema(current)
		block.Reset(current)
		for _, doc := range batch {
			if err := reader.ReadJSON([]byte(doc), block); err != nil {
				fmt.Println(err)
			}
		}
	}
	read()
	if growth := reader.Growth(); !growth.Empty() {
		current, _ = current.Grow(growth, rules.Limits())
		read()
	}
	for _, a := range current.Attributes() {
		fmt.Println(a.Name, a.Kind, a.Values)
	}
	fmt.Println(block.N, block.Values, block.Codes)
	// Output:
	// s1 continuous []
	// state categorical [up down]
	// 2 [12.5 13] [1 2]
}

func ExampleNewRules() {
	_, err := schema.NewRules(schema.Config{Attributes: map[string]string{"s1": "contnuous"}})
	fmt.Println(err)
	// Output: attributes.s1: unknown attribute type "contnuous" (want one of continuous, binary, categorical, list, timestamp, ignore)
}

func ExampleSchema_Grow() {
	current, err := schema.New(schema.Attribute{Name: "state", Kind: schema.Categorical, Values: []string{"up"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	growth := schema.Growth{Attributes: []schema.Attribute{
		{Name: "state", Kind: schema.Categorical, Values: []string{"up", "down"}},
		{Name: "s1", Kind: schema.Continuous},
	}}
	grown, added := current.Grow(growth, schema.Limits{})
	_, again := grown.Grow(growth, schema.Limits{})
	fmt.Println(added, again, grown.Attributes()[0].Values)
	// Output: 2 0 [up down]
}
