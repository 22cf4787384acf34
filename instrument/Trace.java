import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/**
 * Prints trace statements, {@code <Unix time in ms>+0000|LABEL trace_id=<id>}, one per line.
 *
 * <pre>
 * Trace.trace("PRE_INVOKED", requestId);
 * Image small = Trace.traced("RESIZE", requestId, () -> resize(image)); // RESIZE_START, RESIZE_END
 * </pre>
 */
public final class Trace {
    private static final Pattern LABEL =
        Pattern.compile("[A-Za-z_][A-Za-z0-9_]*([.:/-][A-Za-z0-9_]+)*");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");

    private Trace() {}

    /** Prints a statement for now, without an id. */
    public static void trace(String label) {
        trace(label, null);
    }

    /** Prints a statement for now; an id that is null is left out. */
    public static void trace(String label, String traceId) {
        if (!LABEL.matcher(label).matches()) {
            throw new IllegalArgumentException("'" + label
                + "' is no label: letters, digits and _, beginning with a letter or _, parted by . : / or -");
        }
        String end = "";
        if (traceId != null) {
            if (!ID.matcher(traceId).matches()) {
                throw new IllegalArgumentException(
                    "'" + traceId + "' is no id: 1 to 128 letters, digits and . _ : / + = -");
            }
            end = " trace_id=" + traceId;
        }
        // One call for the whole line: lines of other threads cannot get into it.
        System.out.print(String.format("%013d+0000|%s%s\n", System.currentTimeMillis(), label, end));
        System.out.flush();
    }

    /** LABEL_START before and LABEL_END after the work, whatever happens. */
    public static <T> T traced(String label, String traceId, Callable<T> work) throws Exception {
        trace(label + "_START", traceId);
        try {
            return work.call();
        } finally {
            trace(label + "_END", traceId);
        }
    }
}
