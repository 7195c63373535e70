package s3

import (
	"crypto/tls"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7/pkg/s3utils"
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
)

const (
	amazon        = "https://s3.amazonaws.com"
	defaultRegion = "us-east-1"
)

// settings are what the configuration says, checked.
type settings struct {
	bucket, prefix string
	endpoint       *url.URL
	// region is empty where Amazon is to be asked.
	region            string
	id, secret, token string
	anonymous         bool
	pathStyle         bool
	tls               *tls.Config
	timeout           time.Duration
	scanner           *service.OwnedScannerCreator
	batchCount        int
}

func readSettings(conf *service.ParsedConfig) (*settings, error) {
	s := &settings{}
	for _, read := range []func(*service.ParsedConfig) error{unmerged, s.readPlace, s.readCredentials, s.readDelivery} {
		if err := read(conf); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// unmerged refuses merges of YAML which the host has left out.
func unmerged(conf *service.ParsedConfig) error {
	raw, err := conf.FieldAny()
	if err != nil {
		return err
	}
	return yamlwords.Unmerged(raw)
}

// readPlace reads where the objects are.
func (s *settings) readPlace(conf *service.ParsedConfig) error {
	var endpoint string
	for name, to := range map[string]*string{fieldBucket: &s.bucket, fieldPrefix: &s.prefix, fieldEndpoint: &endpoint, fieldRegion: &s.region} {
		var err error
		if *to, err = conf.FieldString(name); err != nil {
			return err
		}
	}
	if s.bucket == "" {
		return fmt.Errorf("%s is empty: name one", fieldBucket)
	}
	if err := s3utils.CheckValidBucketName(s.bucket); err != nil {
		return fmt.Errorf("%s is %q: %w", fieldBucket, s.bucket, err)
	}
	var err error
	if s.endpoint, err = parseEndpoint(endpoint); err != nil {
		return err
	}
	if strings.ContainsAny(s.region, "/ :\t\n") {
		return fmt.Errorf("%s is %q, want a name such as eu-central-1", fieldRegion, s.region)
	}
	for _, variable := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if s.region == "" {
			s.region = os.Getenv(variable)
		}
	}
	if s.region == "" && !s3utils.IsAmazonEndpoint(*s.endpoint) {
		s.region = defaultRegion
	}
	if s.pathStyle, err = conf.FieldBool(fieldPathStyle); err != nil {
		return err
	}
	s.tls, err = conf.FieldTLS(fieldTLS)
	return err
}

// parseEndpoint reads an address; empty is Amazon's. What may hold a password is not
// repeated in errors.
func parseEndpoint(text string) (*url.URL, error) {
	if text == "" {
		text = amazon
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	switch {
	case strings.Contains(text, "@"):
		return nil, fmt.Errorf("%s has a user or password: use %s", fieldEndpoint, fieldCredentials)
	case err != nil:
		return nil, fmt.Errorf("%s is %q, want an address such as http://127.0.0.1:9000: %w", fieldEndpoint, text, err)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%s is %q, want http or https", fieldEndpoint, text)
	case u.Hostname() == "":
		return nil, fmt.Errorf("%s is %q, which has no host", fieldEndpoint, text)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%s is %q, want only host and port: the bucket is a field of its own", fieldEndpoint, text)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

func (s *settings) readCredentials(conf *service.ParsedConfig) error {
	for name, to := range map[string]*string{fieldID: &s.id, fieldSecret: &s.secret, fieldToken: &s.token} {
		var err error
		if *to, err = conf.FieldString(fieldCredentials, name); err != nil {
			return err
		}
	}
	var err error
	if s.anonymous, err = conf.FieldBool(fieldCredentials, fieldAnonymous); err != nil {
		return err
	}
	switch {
	case s.anonymous && s.id+s.secret+s.token != "":
		return fmt.Errorf("%s.%s is true, which excludes an access key: set one of the two", fieldCredentials, fieldAnonymous)
	case s.id == "" && s.secret != "":
		return fmt.Errorf("%s.%s is set and %s is empty: set both", fieldCredentials, fieldSecret, fieldID)
	case s.id != "" && s.secret == "":
		return fmt.Errorf("%s.%s is set and %s is empty: set both", fieldCredentials, fieldID, fieldSecret)
	case s.token != "" && s.id == "":
		return fmt.Errorf("%s.%s is set without %s and %s", fieldCredentials, fieldToken, fieldID, fieldSecret)
	}
	return nil
}

func (s *settings) readDelivery(conf *service.ParsedConfig) error {
	var err error
	if s.timeout, err = conf.FieldDuration(fieldTimeout); err != nil {
		return err
	}
	if s.timeout <= 0 {
		return fmt.Errorf("%s is %s, must be above 0", fieldTimeout, s.timeout)
	}
	if s.batchCount, err = conf.FieldInt(fieldBatchCount); err != nil {
		return err
	}
	if s.batchCount < 1 {
		return fmt.Errorf("%s is %d, must be at least 1", fieldBatchCount, s.batchCount)
	}
	if s.scanner, err = conf.FieldScanner(fieldScanner); err != nil {
		return fmt.Errorf("%s: %w", fieldScanner, err)
	}
	return nil
}
