package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// dialPatience is how long a connection may take to be made.
const dialPatience = 5 * time.Second

// errSilent is the reason of a request that was given up.
var errSilent = errors.New("the server is silent")

// store is a bucket on a server.
type store struct {
	set       *settings
	core      *minio.Core
	transport *http.Transport
}

// close gives up connections that are not in use.
func (s *store) close() { s.transport.CloseIdleConnections() }

// newStore finds credentials and makes a client. It reaches the store itself no
// earlier than the first request.
func newStore(ctx context.Context, set *settings) (*store, error) {
	transport, err := minio.DefaultTransport(set.endpoint.Scheme == "https")
	if err != nil {
		return nil, fmt.Errorf("make transport: %w", err)
	}
	transport.DialContext = (&net.Dialer{Timeout: dialPatience}).DialContext
	transport.ResponseHeaderTimeout = set.timeout
	if set.endpoint.Scheme == "https" && set.tls != nil {
		transport.TLSClientConfig = set.tls.Clone()
	}
	creds, err := findCredentials(ctx, set)
	if err != nil {
		return nil, err
	}
	lookup := minio.BucketLookupAuto
	if set.pathStyle {
		lookup = minio.BucketLookupPath
	}
	core, err := minio.NewCore(set.endpoint.Host, &minio.Options{
		Creds:        creds,
		Secure:       set.endpoint.Scheme == "https",
		Transport:    transport,
		Region:       set.region,
		BucketLookup: lookup,
		MaxRetries:   1, // the host tries again, and says so
	})
	if err != nil {
		return nil, fmt.Errorf("%s is %q: %w", fieldEndpoint, set.endpoint, err)
	}
	return &store{set: set, core: core, transport: transport}, nil
}

// findCredentials returns those of the configuration, or the first that the
// environment, the shared file and the roles give.
func findCredentials(ctx context.Context, set *settings) (*credentials.Credentials, error) {
	if set.anonymous {
		return credentials.NewStaticV4("", "", ""), nil
	}
	if set.id != "" {
		return credentials.NewStaticV4(set.id, set.secret, set.token), nil
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: time.Second}).DialContext}
	found := credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{},
		&credentials.FileAWSCredentials{},
		&credentials.IAM{Client: &http.Client{Transport: transport, Timeout: set.timeout}, Region: set.region},
	})
	type answer struct {
		value credentials.Value
		err   error
	}
	got := make(chan answer, 1)
	go func() { // the library takes no context
		value, err := found.GetWithContext(nil)
		transport.CloseIdleConnections()
		got <- answer{value, err}
	}()
	select {
	case a := <-got:
		if a.err != nil {
			return nil, fmt.Errorf("find %s: %w", fieldCredentials, a.err)
		}
		if a.value.AccessKeyID == "" {
			return nil, fmt.Errorf("%s.%s is empty, and neither the environment, nor the shared file of credentials, nor a role gives any: set them, or %s for a public bucket",
				fieldCredentials, fieldID, fieldAnonymous)
		}
		return found, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// stream is the content of an object. A read that takes longer than the timeout
// ends the request.
type stream struct {
	body    io.ReadCloser
	timeout time.Duration
	cancel  context.CancelCauseFunc
	ctx     context.Context
	// mu guards failed: some decompressors read ahead by themselves.
	mu sync.Mutex
	// failed is what the request ended with, nil for its end and as long as it goes on.
	failed error
}

// failure returns what the request has failed with, nil for nothing.
func (s *stream) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// open begins to read an object and says what it is. With an etag it must be the
// same one.
func (s *store) open(ctx context.Context, key, etag string) (*stream, minio.ObjectInfo, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	var opts minio.GetObjectOptions
	if etag != "" {
		if err := opts.SetMatchETag(etag); err != nil {
			cancel(nil)
			return nil, minio.ObjectInfo{}, err
		}
	}
	body, info, _, err := s.core.GetObject(ctx, s.set.bucket, key, opts)
	if err != nil {
		cancel(nil)
		return nil, minio.ObjectInfo{}, err
	}
	return &stream{body: body, timeout: s.set.timeout, cancel: cancel, ctx: ctx}, info, nil
}

// Read reads the content. After an error it returns that error again.
func (s *stream) Read(p []byte) (int, error) {
	if err := s.failure(); err != nil {
		return 0, err
	}
	watch := time.AfterFunc(s.timeout, func() { s.cancel(errSilent) })
	n, err := s.body.Read(p)
	watch.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		if errors.Is(context.Cause(s.ctx), errSilent) {
			err = fmt.Errorf("%w for %s", errSilent, s.timeout)
		}
		s.mu.Lock()
		s.failed = err
		s.mu.Unlock()
	}
	return n, err
}

// Close ends the request.
func (s *stream) Close() error {
	s.cancel(nil)
	return s.body.Close()
}
