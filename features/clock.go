package features

import (
	"math"
	"time"
)

const (
	day       = int64(24 * time.Hour)
	weekLong  = 7 * day
	mondayOff = 3 * day // 1970-01-01 was a Thursday
)

// clock reads the time of the row, in nanoseconds since 1970, UTC.
func clock(fn func(t int64) float64) func(Spec, *history, int64) float64 {
	return func(_ Spec, _ *history, t int64) float64 { return fn(t) }
}

// hour returns the hours since midnight UTC, 0 to below 24, with their fraction.
func hour(t int64) float64 { return float64(modulo(t, day)) / float64(time.Hour) }

// week returns the days since Monday, with their fraction.
func week(t int64) float64 {
	return float64(modulo(modulo(t, weekLong)+mondayOff, weekLong)) / float64(day)
}

func weekday(t int64) float64 { return math.Floor(week(t)) }

// sine, with cosine, puts a time on a circle, so that 23:59 is near 0:00: a linear
// model of both follows one wave per period.
func sine(fn func(int64) float64, period float64) func(int64) float64 {
	return func(t int64) float64 { return math.Sin(2 * math.Pi * fn(t) / period) }
}

func cosine(fn func(int64) float64, period float64) func(int64) float64 {
	return func(t int64) float64 { return math.Cos(2 * math.Pi * fn(t) / period) }
}

// modulo returns t modulo m, never negative.
func modulo(t, m int64) int64 {
	if t %= m; t < 0 {
		return t + m
	}
	return t
}
