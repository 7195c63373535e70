package s3

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
)

// listing gives the keys of a bucket in order. After an error it goes on behind the
// last key that it gave, for which the store has to list them in order.
type listing struct {
	store *store
	// life ends what goes on between two calls.
	life context.Context
	last string
	// from is the key behind which the list that is being read begins.
	from string
	// unordered is set for good once keys have come out of order.
	unordered error

	found <-chan minio.ObjectInfo
	stop  context.CancelFunc
	// peeked is the next key, where one has been looked at.
	peeked string
}

// peek looks whether the bucket can be listed.
func (l *listing) peek(ctx context.Context) error {
	if l.peeked != "" {
		return nil
	}
	key, err := l.next(ctx)
	if err == io.EOF {
		return nil
	}
	l.peeked = key
	return err
}

// next returns the next key, io.EOF behind the last one.
func (l *listing) next(ctx context.Context) (string, error) {
	if key := l.peeked; key != "" {
		l.peeked = ""
		return key, nil
	}
	for l.unordered == nil {
		info, err := l.entry(ctx)
		if err != nil {
			return "", err
		}
		if info.Key <= l.from { // a server that takes no start
			continue
		}
		if info.Key <= l.last {
			l.close()
			l.unordered = fmt.Errorf("list bucket %q at %s: %q comes after %q, which come out of order: this store cannot be read, as objects could be passed over",
				l.store.set.bucket, l.store.set.endpoint, info.Key, l.last)
			break
		}
		l.last = info.Key
		if info.Size > 0 || !strings.HasSuffix(info.Key, "/") {
			return info.Key, nil
		}
	}
	return "", l.unordered
}

// entry waits for the next entry of the list.
func (l *listing) entry(ctx context.Context) (minio.ObjectInfo, error) {
	if l.found == nil {
		var listed context.Context
		listed, l.stop = context.WithCancel(l.life)
		l.from = l.last
		l.found = l.store.core.Client.ListObjects(listed, l.store.set.bucket, minio.ListObjectsOptions{
			Prefix: l.store.set.prefix, Recursive: true, StartAfter: l.last,
		})
	}
	silent := time.NewTimer(2 * l.store.set.timeout)
	defer silent.Stop()
	doing := fmt.Sprintf("list bucket %q", l.store.set.bucket)
	select {
	case info, ok := <-l.found:
		if !ok {
			l.close()
			return info, io.EOF
		}
		if info.Err != nil {
			l.close()
			return info, l.store.refused(doing, info.Err)
		}
		return info, nil
	case <-silent.C:
		l.close()
		return minio.ObjectInfo{}, fmt.Errorf("%s at %s: %w", doing, l.store.set.endpoint, errSilent)
	case <-ctx.Done():
		l.close()
		return minio.ObjectInfo{}, ctx.Err()
	}
}

// end closes the list and its store.
func (l *listing) end() {
	l.close()
	l.store.close()
}

// close ends the list; a later call of next begins another behind the last key.
func (l *listing) close() {
	if l.found == nil {
		return
	}
	l.stop()
	go func(rest <-chan minio.ObjectInfo) { // the library waits until its list is read
		for range rest {
			continue
		}
	}(l.found)
	l.found = nil
}
