package shuttletest_test

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/shuttle/shuttletest"
)

func ExampleRows() {
	rows, err := shuttletest.Rows()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rows[0].S, rows[0].Class, rows[0].Anomalous())
	// Output: [50 21 77 0 28 0 27 48 22] 2 true
}
