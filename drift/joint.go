package drift

// Joint is a stand-in until the joint tests land.
type Joint struct{}
