// Package portable moves projects: an [Export] is everything a project has
// learned, read from its store or from a file. Create makes a project of it,
// MergeInto adds its statistics to another project, by the names of attributes
// and categories.
//
//	export, err := portable.Read(ctx, store, "sml", "shuttle")
//	file := export.Encode()
//	same, err := portable.Decode(file)
//	outcome, err := same.MergeInto(ctx, other, portable.Target{Prefix: "sml", Project: "fleet", Name: "plant-7"})
//
// It knows files and caches only as bytes and as a state.Store.
package portable
