// Package trace prints trace statements, `<Unix time in ms>+0000|LABEL trace_id=<id>`, one per line.
//
//	trace.Trace("PRE_INVOKED", requestID)
//	defer trace.Traced("RESIZE", requestID)() // RESIZE_START now, RESIZE_END on return
package trace

import (
	"fmt"
	"os"
	"regexp"
	"time"
)

var (
	label = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*([.:/-][A-Za-z0-9_]+)*$`)
	id    = regexp.MustCompile(`^[A-Za-z0-9._:/+=-]{1,128}$`)
)

// Trace prints a statement for now; an empty id is left out. It panics on what is no label or id,
// which only a programming mistake can be.
func Trace(name string, traceID string) {
	if !label.MatchString(name) {
		panic(fmt.Sprintf("%q is no label: letters, digits and _, beginning with a letter or _, parted by . : / or -", name))
	}
	end := ""
	if traceID != "" {
		if !id.MatchString(traceID) {
			panic(fmt.Sprintf("%q is no id: 1 to 128 letters, digits and . _ : / + = -", traceID))
		}
		end = " trace_id=" + traceID
	}
	// One write for the whole line: lines of other goroutines cannot get into it.
	fmt.Fprintf(os.Stdout, "%013d+0000|%s%s\n", time.Now().UnixMilli(), name, end)
}

// Traced prints NAME_START and returns what prints NAME_END.
func Traced(name string, traceID string) func() {
	Trace(name+"_START", traceID)
	return func() { Trace(name+"_END", traceID) }
}
