package kernel

// Width is the number of columns of a panel and the side of a tile.
const Width = 4

// MaxRows is the number of rows that callers should pass at a time: panels of
// that height stay in the first-level cache, and [MulAddExact] promises its
// precision for no more.
const MaxRows = 128

// TileFloats is the number of float64 of a tile.
const TileFloats = Width * Width

// Lane holds one number per column of a panel.
type Lane = [Width]float64

// Source is up to four neighbouring columns of a row-major block.
type Source struct {
	// Values starts at the first of the columns in the first row.
	Values []float64
	// Stride is the distance between rows.
	Stride int
	// Rows is the number of rows, at least 1; Columns is 1 to Width.
	Rows, Columns int
	// Weights holds a weight per row; nil means 1 each.
	Weights []float64
}

// Panels returns the number of panels of dim columns.
func Panels(dim int) int { return (dim + Width - 1) / Width }

// Tiles returns the number of tiles of the upper triangle of dim x dim.
func Tiles(dim int) int {
	p := Panels(dim)
	return p * (p + 1) / 2
}

// tileIndex returns the place of tile (i, j), i <= j, among the tiles of a
// matrix of the given number of panels: row by row, so that the tiles that one
// panel makes with its successors are neighbours.
func tileIndex(panels, i, j int) int { return i*panels - i*(i-1)/2 + j - i }

// Offset returns where element (i, j) of the symmetric matrix is stored.
func Offset(panels, i, j int) int {
	if i > j {
		i, j = j, i
	}
	return tileIndex(panels, i/Width, j/Width)*TileFloats + i%Width*Width + j%Width
}
