package pyclient

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const notice = `# Generated from the OpenAPI document by "go test ./plugin -run Docs -update"; do not edit.
# ruff: noqa: E501
`

// byHand are the operations whose methods are written by hand: they take rows.
var byHand = []string{"predict", "learn", "forget", "learn_predict"}

const head = `"""The operations of the interface: questions, models and projects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote


class Operations(ABC):
    """What the methods are made of: one request."""

    @abstractmethod
    def _call(
        self, verb: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None
    ) -> Any:
        """Sends a request and returns its answer."""


def _given(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _quoted(part: str) -> str:
    return quote(part, safe="")
`

// Operations writes the module of the operations.
func Operations(openAPI []byte) (string, error) {
	d, err := read(openAPI)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(notice + head)
	const inProject = "projects/{project}"
	for _, class := range []struct {
		name, about string
		has         func(path string) bool
	}{
		{"Questions", "The questions that can be asked of a project.", func(p string) bool { return strings.HasPrefix(p, inProject+"/explore/") }},
		{"ProjectOperations", "What can be done with a project and its models.", func(p string) bool {
			return strings.HasPrefix(p, inProject) && !strings.HasPrefix(p, inProject+"/explore/")
		}},
		{"ServerOperations", "What can be asked of a server.", func(p string) bool { return !strings.HasPrefix(p, inProject) }},
	} {
		fmt.Fprintf(&b, "\n\nclass %s(Operations):\n    \"\"\"%s\"\"\"\n", class.name, class.about)
		for _, o := range d.operations() {
			if class.has(o.path) && !slices.Contains(byHand, o.Name) {
				b.WriteString(o.method(strings.TrimPrefix(strings.TrimPrefix(o.path, inProject), "/")))
			}
		}
	}
	return b.String(), nil
}

// arguments are those of the path, the query and the body.
func (o *operation) arguments() (path, query, body []argument) {
	for _, p := range o.Parameters {
		a := argument{name: p.Name, typ: typeOfKind(p.Kind, &p.Schema), about: about(p.Description, &p.Schema), required: p.Required}
		switch {
		case p.In != "path":
			query = append(query, a)
		case p.Name != "project" || !strings.HasPrefix(o.path, "projects/{project}"):
			a.about = "The " + p.Name + "."
			path = append(path, a)
		}
	}
	if s := o.body(); s != nil {
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			p := s.Properties[name]
			body = append(body, argument{name: name, typ: typeOf(p), about: about(p.Description, p), required: slices.Contains(s.Required, name)})
		}
	}
	return path, query, body
}

// method writes the method of an operation.
func (o *operation) method(path string) string {
	inPath, query, body := o.arguments()
	all := slices.Concat(inPath, requiredFirst(slices.Concat(query, body)))
	sent := "None"
	if len(body) > 0 {
		sent = "_given(" + dictionary(body) + ")"
	}
	if takes, must := o.file(); takes {
		all = requiredFirst(append(all, argument{name: "file", typ: "bytes", about: "The exported file.", required: must}))
		sent = "file"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n    def %s(\n        self,\n%s    ) -> Any:\n", o.Name, signature(all, "        "))
	b.WriteString(docstring(o.Summary, all, "        "))
	place := fmt.Sprintf("%q", path)
	if len(inPath) > 0 {
		place = "f" + place
		for i := range inPath {
			place = strings.ReplaceAll(place, "{"+inPath[i].name+"}", "{_quoted("+inPath[i].python()+")}")
		}
	}
	fmt.Fprintf(&b, "        return self._call(%q, %s, %s, %s)\n", o.verb, place, dictionary(query), sent)
	return b.String()
}

const modelHead = `"""Definitions of models, one function for each type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

Definition = dict[str, Any]
"""What define and try_model take: name, type, target, inputs and options."""


def _define(name: str, typ: str, target: str | None, inputs: Sequence[str] | None, features: Sequence[str] | None, refresh: Mapping[str, Any] | None, options: Mapping[str, Any]) -> Definition:
    out: Definition = {"name": name, "type": typ}
    if target is not None:
        out["target"] = target
    if inputs is not None:
        out["inputs"] = list(inputs)
    if features is not None:
        out["features"] = list(features)
    given = {key: value for key, value in options.items() if value is not None}
    if given:
        out["options"] = given
    if refresh is not None:
        out["refresh"] = dict(refresh)
    return out
`

// Models writes the module of the model types.
func Models(openAPI []byte) (string, error) {
	d, err := read(openAPI)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(notice + modelHead)
	types, of := d.models()
	for _, typ := range types {
		text, err := function(typ, of[typ])
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	quoted := make([]string, len(types))
	for i, typ := range types {
		quoted[i] = fmt.Sprintf("    %q: %s,\n", typ, typ)
	}
	fmt.Fprintf(&b, "\n\nTYPES = {\n%s}\n\"\"\"The functions by the name of the type.\"\"\"\n", strings.Join(quoted, ""))
	return b.String(), nil
}

// function writes the function of a type.
func function(typ string, s *schema) (string, error) {
	fields := []argument{{name: "name", typ: "str", about: "The name of the model; that of the type when left out."}}
	target := "None"
	if slices.Contains(s.Required, "target") {
		target = "target"
		fields = append(fields, argument{name: "target", typ: "str", about: s.Properties["target"].Description, required: true})
	}
	fields = append(fields,
		argument{name: "inputs", typ: "Sequence[str]", about: s.Properties["inputs"].Description},
		argument{name: "features", typ: "Sequence[str]", about: s.Properties["features"].Description},
		argument{name: "refresh", typ: "Mapping[str, Any]", about: s.Properties["refresh"].Description},
	)
	var options []argument
	properties := s.Properties["options"].Properties
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if slices.ContainsFunc(fields, func(a argument) bool { return a.name == name }) {
			return "", fmt.Errorf("type %s: the option %s has the name of a field of definitions", typ, name)
		}
		p := properties[name]
		options = append(options, argument{name: name, typ: typeOf(p), about: about(p.Description, p)})
	}
	all := requiredFirst(slices.Concat(fields, options))
	var b strings.Builder
	fmt.Fprintf(&b, "\n\ndef %s(\n%s) -> Definition:\n", typ, signature(all, "    "))
	b.WriteString(docstring(s.Description, all, "    "))
	fmt.Fprintf(&b, "    return _define(name or %q, %q, %s, inputs, features, refresh, %s)\n", typ, typ, target, dictionary(options))
	return b.String(), nil
}
