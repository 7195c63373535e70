package inputs

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rpconnect-sml/rpconnect-sml/broker"
)

// maxPartitions bounds a range of partitions, so that a slip of the pen does
// not ask for a billion of them.
const maxPartitions = 1_000_000

// topicList is what topics names.
type topicList struct {
	// names are topics, or regular expressions.
	names []string
	// partitions are read without a group; nil where names are given.
	partitions map[string]map[int32]kgo.Offset
}

// parsePatterns reads the field topics where it holds regular expressions,
// which may contain commas and colons.
func parsePatterns(entries []string) (topicList, error) {
	var out topicList
	for _, entry := range entries {
		if namesPartitions.MatchString(entry) {
			return topicList{}, fmt.Errorf("%s: %q names partitions, which exclude %s: set one of the two", fieldTopics, entry, fieldRegexp)
		}
		if entry != "" {
			out.names = append(out.names, entry)
		}
	}
	if len(out.names) == 0 {
		return topicList{}, fmt.Errorf("%s is empty: name at least one", fieldTopics)
	}
	var err error
	out.names, err = wholeName(fieldTopics, out.names)
	return out, err
}

// namesPartitions recognises orders:0-3.
var namesPartitions = regexp.MustCompile(`^[A-Za-z0-9._-]+:[0-9][0-9:-]*$`)

// parseTopics reads the field topics. An entry without an offset of its own
// begins at start. Names and partitions cannot be mixed.
func parseTopics(entries []string, start kgo.Offset) (topicList, error) {
	var out topicList
	for _, entry := range broker.Split(entries) {
		topic, rest, explicit := strings.Cut(entry, ":")
		if !explicit {
			out.names = append(out.names, entry)
			continue
		}
		topic = strings.TrimSpace(topic)
		first, last, offset, err := parsePartitions(rest, start)
		if err != nil {
			return topicList{}, fmt.Errorf("%s: %q: %w", fieldTopics, entry, err)
		}
		if topic == "" {
			return topicList{}, fmt.Errorf("%s: %q has no name before the colon", fieldTopics, entry)
		}
		if out.partitions == nil {
			out.partitions = map[string]map[int32]kgo.Offset{}
		}
		if out.partitions[topic] == nil {
			out.partitions[topic] = map[int32]kgo.Offset{}
		}
		for p := int64(first); p <= int64(last); p++ {
			if _, twice := out.partitions[topic][int32(p)]; twice {
				return topicList{}, fmt.Errorf("%s: %q names partition %d of %q again", fieldTopics, entry, p, topic)
			}
			out.partitions[topic][int32(p)] = offset
		}
	}
	switch {
	case len(out.names) == 0 && out.partitions == nil:
		return topicList{}, fmt.Errorf("%s is empty: name at least one", fieldTopics)
	case len(out.names) > 0 && out.partitions != nil:
		return topicList{}, fmt.Errorf("%s: %q names a whole topic and others name partitions: want one kind", fieldTopics, out.names[0])
	}
	return out, nil
}

// parsePartitions reads what follows the topic: 3, 0-3 or 3:1500.
func parsePartitions(text string, start kgo.Offset) (first, last int32, offset kgo.Offset, err error) {
	span, at, hasOffset := strings.Cut(text, ":")
	from, to, isRange := strings.Cut(span, "-")
	if !isRange {
		to = from
	}
	number := func(s string) (int32, error) {
		v, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32)
		if err != nil || v < 0 {
			return 0, fmt.Errorf("%q is no partition number", s)
		}
		return int32(v), nil
	}
	if first, err = number(from); err != nil {
		return 0, 0, offset, err
	}
	if last, err = number(to); err != nil {
		return 0, 0, offset, err
	}
	if last < first || int64(last)-int64(first) >= maxPartitions {
		return 0, 0, offset, fmt.Errorf("partitions %s: want the smaller number first, and at most %d of them", span, maxPartitions)
	}
	if !hasOffset {
		return first, last, start, nil
	}
	v, err := strconv.ParseInt(strings.TrimSpace(at), 10, 64)
	if err != nil || v < 0 {
		return 0, 0, offset, fmt.Errorf("%q is no offset", at)
	}
	return first, last, kgo.NewOffset().At(v), nil
}

// wholeName makes each expression match the whole name of a topic, as the
// field promises; the client would take a match anywhere in it.
func wholeName(field string, expressions []string) ([]string, error) {
	out := make([]string, len(expressions))
	for i, e := range expressions {
		if _, err := regexp.Compile(e); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", field, e, err)
		}
		out[i] = "^(?:" + e + ")$"
	}
	return out, nil
}
