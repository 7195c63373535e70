package lint

import (
	"math/rand/v2"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
)

// expandOf asks for columns of an attribute that is declared with each of the kinds.
func expandOf(kinds []any) (out []wrong) {
	for _, kind := range kinds {
		for _, expand := range []object{{"splines": object{"attributes": []any{"x"}}}, {"bins": object{"attributes": []any{"z", "x"}}}, {"products": object{"pairs": []any{"z:x"}}}, {"fourier": object{"attributes": []any{"[w-x]"}}}} {
			out = append(out, wrong{component: "sml_learn", value: object{"attributes": object{"x": kind}, "expand": expand}})
		}
	}
	return out
}

// fromDeclarations are models that the types of attributes in the configuration, or what
// the project keeps, rule out; drawn for each type that has a target.
func fromDeclarations(r *rand.Rand) (out []wrong) {
	kinds := []any{"continuous", "binary", "categorical", "list", "timestamp", "ignore"}
	for _, entry := range catalogue.All() {
		base := func(config object, changes object) wrong {
			d := object{"name": "m", "type": entry.Type, "inputs": []any{"x", "z"}}
			if entry.Target {
				d["target"] = "y"
			}
			if entry.Type == "qda" {
				config["partition"] = "y"
			}
			if entry.Type == "power" {
				config["power"] = object{"attributes": []any{"y"}}
			}
			for name, value := range changes {
				d[name] = value
			}
			config["models"] = []any{d}
			return wrong{component: "sml_learn", value: config}
		}
		kind := kinds[r.IntN(len(kinds))]
		if !entry.Target {
			out = append(out, base(object{"attributes": object{"z": kind}}, nil))
			continue
		}
		some := []wrong{
			base(object{"attributes": object{"y": kind, "x": kinds[r.IntN(len(kinds))]}}, nil),
			base(object{"attributes": object{"y": "ignore"}}, nil),
			base(object{"attributes": object{"[y-z]": "ignore"}}, nil),
			base(object{}, object{"inputs": []any{"x", "y"}}),
			base(object{}, object{"inputs": []any{"*"}}),
			base(object{"attributes": object{"x": "continuous", "z": "continuous"}}, object{"inputs": []any{"x", "x:z"}}),
			base(object{"attributes": object{"z": kind}, "partition": "z"}, nil),
		}
		r.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
		out = append(out, some[:3]...)
		if entry.Role == model.RoleRegression {
			out = append(out, base(object{"power": object{"attributes": []any{"z"}}, "attributes": object{"z": kind}}, nil))
		}
	}
	out = append(out, expandOf(kinds)...)
	for _, list := range []any{[]any{"y"}, []any{"x", "y"}, []any{"*"}, []any{"y", "y*"}, []any{"x", "z", "y"}} {
		for feature, of := range map[string]object{
			"splines": {"attributes": list}, "bins": {"attributes": list}, "fourier": {"attributes": list}, "products": {"attributes": list, "pairs": []any{"y:x"}},
		} {
			d := object{"name": "m", "type": "ridge", "target": "y", "features": []any{"linear", feature}}
			out = append(out, wrong{component: "sml_learn", value: object{"expand": object{feature: of}, "models": []any{d}}})
		}
	}
	return append(out,
		wrong{"sml_learn", nil, object{"models": []any{object{"name": "m", "type": "qda", "target": "y"}}}},
		wrong{"sml_learn", nil, object{"models": []any{object{"name": "m", "type": "power", "target": "y"}}}},
		wrong{"sml_learn", nil, object{"models": []any{object{"name": "m", "type": "pls", "target": "y", "inputs": []any{"x"}}}, "attributes": object{"x": "continuous"}}},
		wrong{"sml_learn", nil, object{"models": []any{object{"name": "m", "type": "ensemble", "options": object{"label": "l"}}}, "attributes": object{"l": "continuous"}}},
		wrong{"sml_learn", nil, object{"models": []any{object{"name": "m", "type": "lda", "target": "y", "options": object{"priors": object{"0": 1}}}}, "attributes": object{"y": "binary"}}},
	)
}
