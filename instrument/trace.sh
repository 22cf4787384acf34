# Prints trace statements: `<Unix time in ms>+0000|LABEL trace_id=<id>`, one per line. For bash 4.4+
# and any POSIX shell.
#
#   . ./trace.sh
#   trace PRE_INVOKED "$request_id"
#   traced RESIZE "$request_id" convert in.png out.png    # RESIZE_START, RESIZE_END; '' for no id

# Milliseconds since 1970, with what there is: bash 5 itself, GNU date, perl, python3. The date of
# macOS has no milliseconds.
_trace_now() {
  if [ -n "${EPOCHREALTIME:-}" ]; then
    _trace_us=$(printf '%s' "$EPOCHREALTIME" | tr -cd 0-9)
    printf '%s' "${_trace_us%???}"
    return
  fi
  _trace_ms=$(date +%s%3N 2>/dev/null)
  case $_trace_ms in
    '' | *[!0-9]*)
      perl -MTime::HiRes=time -e 'printf "%.0f", int(time * 1000)' 2>/dev/null ||
        python3 -c 'import time; print(time.time_ns() // 1000000, end="")'
      ;;
    *) printf '%s' "$_trace_ms" ;;
  esac
}

# trace LABEL [ID]
trace() {
  case $1 in
    '' | [!A-Za-z_]* | *[!A-Za-z0-9_.:/-]* | *[.:/-])
      printf "'%s' is no label: letters, digits and _, beginning with a letter or _, parted by . : / or -\n" "$1" >&2
      return 2
      ;;
  esac
  case ${2:-} in
    *[!A-Za-z0-9._:/+=-]*)
      printf "'%s' is no id: 1 to 128 letters, digits and . _ : / + = -\n" "$2" >&2
      return 2
      ;;
  esac
  printf '%s+0000|%s%s\n' "$(_trace_now)" "$1" "${2:+ trace_id=$2}"
}

# traced LABEL ID COMMAND...: gives the command's exit code
traced() {
  _trace_label=$1
  _trace_id=$2
  shift 2
  trace "${_trace_label}_START" "$_trace_id" || return
  "$@"
  set -- "$?" "$_trace_label" "$_trace_id"
  trace "${2}_END" "$3"
  return "$1"
}
