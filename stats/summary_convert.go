package stats

// convert gives the summary other options, as a project whose settings were
// altered reads what was learned before. The options have been checked. What a
// summary of the new options would have learned from the same rows is what it then
// holds, save that
//
//   - more bins do not bring back a resolution that a histogram has lost,
//   - conditional histograms that were not kept are empty,
//   - co-moments that were kept in float64 have no more digits.
//
// Rows of patterns past the new maximum go to the pairwise block, which answers
// the same.
func (s *Summary) convert(options SummaryOptions) error {
	for _, h := range s.histograms.at {
		h.bound(options.HistogramBins)
	}
	s.histograms.bins = options.HistogramBins
	for _, c := range s.givenBinary.at {
		c.rebin(options.ConditionalBins)
	}
	for _, c := range s.givenCategory.at {
		c.rebin(options.ConditionalBins)
	}
	s.givenBinary.bins, s.givenCategory.bins = options.ConditionalBins, options.ConditionalBins
	if err := s.patterns.convert(options.MaxPatterns, options.ExtendedUpTo); err != nil {
		return err
	}
	s.options = options
	return nil
}

// bound changes the bound on the non-empty bins, which may fold some.
func (h *Histogram) bound(bins int) {
	h.limit = bins
	if h.used() > bins {
		h.foldTo(h.shift + foldShift(h.keys(), bins))
	}
}

// rebin changes the bound on the bins of each cell; 0 drops the histograms. A cell
// that had none gets an empty one.
func (c *Conditional) rebin(bins int) {
	before := c.bins
	c.bins = bins
	for _, row := range c.cells {
		for j := range row {
			at := &row[j]
			switch {
			case bins == 0 || at.empty():
				at.histogram = nil
			case before == 0 || at.histogram == nil:
				at.histogram = emptyHistogram(bins)
			default:
				at.histogram.bound(bins)
			}
		}
	}
}

// convert changes the maximum of blocks and the precision of those that are kept.
func (p *patterns) convert(most, extendedUpTo int) error {
	p.max, p.extendedUpTo = most, extendedUpTo
	blocks := p.blocks
	p.blocks, p.byMask, p.scratch.rows = nil, nil, nil
	for _, b := range blocks {
		if len(p.blocks) < most {
			p.addBlock(b.columns, b.comoments.converted(p.precision(len(b.columns)))).whole = b.whole
			continue
		}
		p.needOverflow()
		if err := p.overflow.absorb(b.comoments, b.columns); err != nil {
			return err
		}
	}
	return nil
}
