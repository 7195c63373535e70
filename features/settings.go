package features

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Defaults of settings.
const (
	defaultWindow = 10   // rows of a window that names none
	defaultLong   = 2000 // rows that likelihood compares with
	defaultShort  = 10   // rows that likelihood averages
)

// inputOf reads what a feature is about.
func inputOf(r *param.Reader) string {
	return r.Text("of", param.Required, "The input of the feature: the name of an earlier feature of the list, or the dot path of a field.")
}

// rowsOf reads a number of rows.
func rowsOf(r *param.Reader, fallback int) int {
	return r.Integer("rows", fallback, param.Between(1, maxRows), "The number of rows of a window, a lag or a span.")
}

// plain are the settings of a type that has but its input.
func plain(r *param.Reader) Spec { return Spec{Of: inputOf(r)} }

// spanning are the settings of a type that looks so many rows back.
func spanning(rows int) func(r *param.Reader) Spec {
	return func(r *param.Reader) Spec { return Spec{Of: inputOf(r), Rows: rowsOf(r, rows)} }
}

// windowed are the settings of a type with a window of rows or of time.
func windowed(r *param.Reader) Spec {
	s := Spec{Of: inputOf(r), Rows: rowsOf(r, defaultWindow)}
	over, timed := r.DurationIfGiven("over", fmt.Sprintf("The length of the window as a time, instead of `rows`. A window has at most the last %d rows.", maxRows))
	if !timed {
		return s
	}
	if r.Given("rows") {
		r.Refuse(fmt.Errorf("rows and over: %d and %v, want one of them", s.Rows, over))
	}
	s.Over, s.Rows = over, 0
	return s
}

// recurring are the settings of a type with a season.
func recurring(r *param.Reader) Spec {
	return Spec{Of: inputOf(r), Season: r.Choice("season", seasonWeek, seasons(), "The season, in UTC.")}
}

// contrasting are the settings of a type that compares the last rows with many.
func contrasting(r *param.Reader) Spec {
	return Spec{
		Of: inputOf(r), Rows: rowsOf(r, defaultLong),
		Short: r.Integer("short", defaultShort, param.Between(1, maxRows), "The number of rows that `likelihood` averages."),
	}
}

// summing are the settings of a type with several inputs.
func summing(r *param.Reader) Spec {
	return Spec{Parts: r.Texts("parts", param.Required, "The inputs that `total` adds, each written as in `of`.")}
}
