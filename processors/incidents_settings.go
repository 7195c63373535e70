package processors

import (
	"time"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// incidentSettings reads when incidents open and close and how they are kept.
func incidentSettings(conf *service.ParsedConfig) (s live.IncidentSettings, err error) {
	rules := &s.Rules
	if s.Name, err = conf.FieldString(incidentsLabel); err != nil {
		return s, err
	}
	for _, f := range []struct {
		path []string
		into *int
	}{
		{[]string{incidentsOpen, incidentsAlarms}, &rules.Open.Alarms}, {[]string{incidentsOpen, incidentsRows}, &rules.Open.Rows},
		{[]string{incidentsClose, incidentsRows}, &rules.Close.Rows}, {[]string{incidentsMaxKeys}, &rules.MaxKeys},
		{[]string{incidentsReplay}, &rules.Replay}, {[]string{incidentsKeepClosed}, &rules.Closed},
	} {
		if *f.into, err = conf.FieldInt(f.path...); err != nil {
			return s, err
		}
	}
	for _, f := range []struct {
		path []string
		into *time.Duration
	}{
		{[]string{incidentsOpen, incidentsWithin}, &rules.Open.Within}, {[]string{incidentsOpen, incidentsLasting}, &rules.Open.Lasting},
		{[]string{incidentsClose, incidentsQuiet}, &rules.Close.Quiet}, {[]string{incidentsClose, incidentsMaxDuration}, &rules.Close.MaxDuration},
		{[]string{incidentsAhead}, &s.Ahead}, {[]string{learnEvery}, &s.Every},
	} {
		if *f.into, err = conf.FieldDuration(f.path...); err != nil {
			return s, err
		}
	}
	durability, err := conf.FieldString(learnDurability)
	if err != nil {
		return s, err
	}
	s.Durable = durability == durabilityBatch
	s.Verify, err = readVerify(conf)
	return s, err
}

// read reads what a message says.
func (p *incidents) read(conf *service.ParsedConfig) (err error) {
	if p.texts, err = readTexts(conf); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		into **bloblang.Executor
	}{{incidentsAlarm, &p.alarm}, {incidentsScore, &p.score}, {incidentsBlame, &p.blame}} {
		if !conf.Contains(f.name) {
			continue
		}
		if *f.into, err = conf.FieldBloblang(f.name); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		name string
		into **service.InterpolatedString
	}{{incidentsKey, &p.key}, {learnTimestamp, &p.timestamp}} {
		if !conf.Contains(f.name) {
			continue
		}
		if *f.into, err = conf.FieldInterpolatedString(f.name); err != nil {
			return err
		}
	}
	path, err := conf.FieldString(incidentsResultPath)
	if err != nil {
		return err
	}
	if path == "" {
		name, err := conf.FieldString(incidentsLabel)
		if err != nil {
			return err
		}
		if name == "" {
			name = incidentsLabel // which is refused as a name
		}
		path = schema.ResultKey + "." + name
	}
	p.path, err = resultPath(incidentsResultPath, path)
	return err
}
