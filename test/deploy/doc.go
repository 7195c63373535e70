// Package deploy holds no code: its tests look at what is in the folder deploy,
// and, with the build tag integration, run the services of compose.yaml as
// processes on this machine.
//
//	test/deploy/run.sh
package deploy
