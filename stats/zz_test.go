package stats
import ("testing";"fmt")
func BenchmarkZZ(b *testing.B) {
	const columns=100
	for _, rows := range []int{32,128,512,2048} {
	b.Run(fmt.Sprint(rows), func(b *testing.B){
		values := normals(1, 1<<21/columns*columns, 0, 1)
		hs := make([]*Histogram, columns)
		for j := range hs { hs[j] = histogramOf(b, DefaultBins, nil); hs[j].AddColumn(values, j, columns, len(values)/columns, nil) }
		blocks := len(values) / columns / rows
		b.ResetTimer()
		for i := range b.N {
			block := values[i%blocks*rows*columns:]
			for j, h := range hs { h.AddColumn(block, j, columns, rows, nil) }
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows)/float64(columns), "ns/value")
	})
	b.Run(fmt.Sprint("same block ",rows), func(b *testing.B){
		values := normals(1, 1<<21/columns*columns, 0, 1)
		hs := make([]*Histogram, columns)
		for j := range hs { hs[j] = histogramOf(b, DefaultBins, nil); hs[j].AddColumn(values, j, columns, len(values)/columns, nil) }
		b.ResetTimer()
		for range b.N {
			for j, h := range hs { h.AddColumn(values, j, columns, rows, nil) }
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows)/float64(columns), "ns/value")
	})
	}
}
func BenchmarkZM(b *testing.B){
 for _,sets:=range []int{1,100}{
 parts := make([]*Histogram, 64*sets)
 for i := range parts { parts[i]=histogramOf(b,512,normals(uint64(i),20000,0,1)).Clone() }
 into := make([]*Histogram,sets)
 for j:=range into { into[j]=parts[j].Clone(); for i:=j;i<len(parts);i+=sets { into[j].Merge(parts[i]) } ; into[j].Compact() }
 b.Run(fmt.Sprint(sets," shard major"),func(b *testing.B){ for range b.N { for i,p:=range parts { into[i%sets].addPages(p.pages, into[i%sets].shift-p.shift) } }
   b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(parts)), "ns/hist") })
 b.Run(fmt.Sprint(sets," attr major"),func(b *testing.B){ for range b.N { for j:=range into { for i:=j;i<len(parts);i+=sets { p:=parts[i]; into[j].addPages(p.pages, into[j].shift-p.shift) } } }
   b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(parts)), "ns/hist") })
 }
}
func (h *Histogram) Compact(){}
