// Command chaos proves on real servers that every message counts exactly once,
// whatever is killed, frozen or cut off. It starts Apache Kafka, the cache and
// processes of rpconnect-sml in one consumer group, produces rows, does damage
// at random, and in the end compares what the processes have learned with a
// batch computation over the topic:
//
//	bash test/chaos/run.sh --rows 2000000 --seed 1 --json
//	bash test/chaos/run.sh --cache file --kills 50 --seed 1 --json
//	bash test/chaos/run.sh --cache sqlite --kills 50 --seed 1 --json
//
// The last line is a report; the exit code is 0 only when nothing is lost or
// counted twice and all statistics agree. docs/chaos.md says what is done and
// what is compared, and keeps the reports of past runs.
//
// What is done to whom follows from the seed; at what moment of the work it
// strikes depends on the machine too, so that a run cannot be repeated exactly.
package main
