package licences

// Build is a way to build the command.
type Build struct {
	// Name is what docs/licence.md calls it.
	Name string
	// Tags are the build tags, with commas between them; none is empty.
	Tags string
	// For says whom it is for.
	For string
}

// Builds lists the builds that are looked at, the default one first.
func Builds() []Build {
	return []Build{
		{Name: "default", For: "your own machine: all that this repository offers"},
		{Name: "apache", Tags: "apache", For: "what is passed on: without the host's Kafka components, and so without any file under the Redpanda Community License. The [Dockerfile](../Dockerfile) builds it"},
		{Name: "storage", Tags: "storage,apache", For: "files elsewhere and other formats: as `apache`, with SFTP, Parquet, Protobuf and XML"},
		{Name: "cloud", Tags: "cloud,storage,apache", For: "object stores: as `storage`, with Azure, Google Cloud and S3"},
		{Name: "lean", Tags: "lean", For: "small machines: also without SQL, the schema registry client, AMQP and traces"},
	}
}
