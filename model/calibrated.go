package model

import (
	"github.com/rpconnect-sml/rpconnect-sml/model/calibration"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// readCalibration reads the option that every classifier has. Whoever answers with the
// model applies it, as it is read off what the model's answers turned out to be.
func readCalibration(r *param.Reader) string {
	return r.Choice("calibrate", calibration.None, calibration.Methods(),
		"How probabilities are made to agree with how often classes occur, from the running evaluation of the model's own probabilities (`evaluate` of `sml_score`), one class against the rest. `platt`: a logistic function of the log odds, from 100 evaluated rows. `isotonic`: the best rising function, from 1,000. `temperature`: all log odds divided by one number, from 100. Before that, and for a class with less than 10 rows or less than 10 others, probabilities are the model's own.")
}

// Calibration returns the option calibrate of a definition that was validated: one of
// calibration.Methods, calibration.None for types that have none.
func (d *Definition) Calibration() string {
	return readCalibration(param.NewReader(d.Options, param.Typed))
}

// CalibrationState says what probabilities are.
type CalibrationState uint8

// Whether probabilities are to be calibrated, and are.
const (
	// NoCalibration is of a model that does not ask for it.
	NoCalibration CalibrationState = iota
	// Uncalibrated is of one that does, for which too few rows have been evaluated.
	Uncalibrated
	Calibrated
)
