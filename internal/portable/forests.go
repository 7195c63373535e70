package portable

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// withForests stores the forests of the export in the project, and returns the statistics
// with counts that are those of these. Of two that have grown from each other the larger one
// stays. Two that have grown apart since one was copied from the other have equal IDs and
// other nodes: that of the export gets an ID of its own.
func (e *Export) withForests(ctx context.Context, log *project.DefinitionLog, a stats.Additive) (stats.Additive, error) {
	own := map[string]*forest.Forest{}
	for name, b := range e.Models {
		if strings.HasPrefix(name, project.ForestRecord) {
			f, err := decodeForest(name, b)
			if err != nil {
				return nil, err
			}
			own[name] = f
		}
	}
	if len(own) == 0 {
		return a, nil
	}
	var renamed map[string]string
	var failed error
	err := log.Update(ctx, func(m map[string][]byte) (changed bool) {
		renamed, changed = map[string]string{}, false
		for name, f := range own {
			change, err := addForest(m, name, f, e.Models[name], renamed)
			if err != nil {
				failed = err
				return false
			}
			changed = changed || change
		}
		return changed
	})
	if err == nil {
		err = failed
	}
	if err != nil || len(renamed) == 0 {
		return a, err
	}
	set := &wrap.BinningSet{Renamed: renamed}
	maker, err := e.composition.Maker(set)
	if err != nil {
		return nil, err
	}
	w := wire.NewWriter(nil)
	a.Encode(w)
	r := wire.NewReader(w.Bytes())
	out, err := maker.Decode(r)
	if err == nil {
		err = r.Close()
	}
	return out, err
}

func decodeForest(name string, b []byte) (*forest.Forest, error) {
	r := wire.NewReader(b)
	f, err := forest.Decode(r)
	if err == nil {
		err = r.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("forest %q: %w", name, err)
	}
	return f, nil
}

// addForest adds a forest to the definitions, and reports whether that changes them.
func addForest(m map[string][]byte, name string, f *forest.Forest, b []byte, renamed map[string]string) (bool, error) {
	for there, stored := range m {
		if !strings.HasPrefix(there, project.ForestRecord) {
			continue
		}
		known, err := decodeForest(there, stored)
		switch {
		case err != nil:
			return false, err
		case known.ID != f.ID:
			continue
		case known.Extends(f):
			return false, nil
		case f.Extends(known):
			m[there] = b
			return true, nil
		}
		sum := sha256.Sum256(b)
		apart := *f
		apart.ID = hex.EncodeToString(sum[:8])
		renamed[f.ID] = apart.ID
		w := wire.NewWriter(nil)
		apart.Encode(w)
		f, b = &apart, w.Bytes()
		break
	}
	name = name[:strings.LastIndexByte(name, '/')+1] + project.MergedForest + f.ID
	if _, ok := m[name]; ok {
		return false, nil
	}
	m[name] = b
	return true, nil
}
