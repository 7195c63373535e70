package live

import "github.com/rpconnect-sml/rpconnect-sml/state"

// Message is one document on its way through a project.
type Message struct {
	// Data is the document's JSON; when nil, Value is the document as a
	// structured value. Neither is changed or kept.
	Data  []byte
	Value any
	// Shard is the shard that the row belongs to. With HasOffset, Offset is
	// the message's position in it, by which a replay is recognised.
	Shard     string
	Offset    int64
	HasOffset bool
	// Origin is where the input says that the message comes from, and Stamp the time
	// that the source keeps with it, 0 for none. With them and the row's values a
	// replay is verified.
	Origin state.Origin
	Stamp  int64
	// Begin is where the input says that it began to read the source of the message.
	Begin state.Begin
	// Whole, of any message of a batch, says that the batch is learned whole or not at
	// all, as LearnSettings.Whole does of every batch.
	Whole bool
	// Weight is the row's weight, 0 meaning 1.
	Weight float64
	// Time is the row's event time in nanoseconds since 1970; it counts where
	// the project keeps a window or decays.
	Time int64
	// Key is the key that the row belongs to, where the project keeps entities.
	Key string
	// Skip says that the row is not to be learned, though nothing is wrong.
	Skip bool
	// Err is set when the document does not fit. An error set beforehand makes
	// the project skip the document; its position still counts as seen.
	Err error
	// Outcome is what became of the message. A message that is taken again, after a
	// call that failed, must keep it.
	Outcome Outcome

	waits   *builtModel // that had no answer, as it is warming up
	counted bool        // in the account
	cause   error       // of an interruption
}
