package main

import "time"

// durationFlag is a Go duration on the command line.
type durationFlag struct{ time.Duration }

func (d *durationFlag) Set(text string) error {
	parsed, err := time.ParseDuration(text)
	d.Duration = parsed
	return err
}

func (d *durationFlag) String() string { return d.Duration.String() }

func (d *durationFlag) set(text string) { _ = d.Set(text) }
