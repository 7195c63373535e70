// Package anomaly has the anomaly models: detectors that are read off moments,
// histograms and category counts, detectors that count in binnings, and the
// ensemble of any of them. Each scores a row; [Entries] lists them.
package anomaly
