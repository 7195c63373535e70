package evaluation

// Options returns over which rows the evaluation is kept.
func (r *Running) Options() RunningOptions { return r.options }
