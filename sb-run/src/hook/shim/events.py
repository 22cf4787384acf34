# The times of the hooks' calls.

import datetime


class EventLog:
    """When hooks of this run began and ended: lines of `time,name,type`."""

    def __init__(self, spec, lines):
        self.spec = spec
        self.lines = lines

    @staticmethod
    def parse(line):
        """The time, name and type of a line. Python leaves a fraction of zero out."""
        time, name, kind = line.split(",")
        form = "%Y-%m-%d %H:%M:%S.%f%z" if "." in time else "%Y-%m-%d %H:%M:%S%z"
        return datetime.datetime.strptime(time, form), name, kind

    def _events(self):
        return [self.parse(line) for line in self.lines]

    def _add(self, name, kind):
        self.lines.append(f"{datetime.datetime.now().astimezone()},{name},{kind}")

    def start(self, name):
        self._add(name, "start")

    def end(self, name):
        self._add(name, "end")

    def last_event(self, name=None, kind=None):
        """The last event, of this name and type if given."""
        found = [
            event for event in self._events()
            if name in (None, event[1]) and kind in (None, event[2])
        ]
        return found[-1] if found else None

    def last_event_time(self, name, kind):
        event = self.last_event(name, kind)
        return event[0] if event else None

    def has_started(self):
        return bool(self.lines)

    def total_duration(self):
        """From the first event to the end of cleanup, or to now."""
        events = self._events()
        if not events:
            return None
        done = events[-1][1:] == ("cleanup", "end")
        last = events[-1][0] if done else datetime.datetime.now().astimezone()
        return last - events[0][0]

    def event_duration(self, name):
        """How long the last complete call of this name took."""
        start, end = self.last_event_time(name, "start"), self.last_event_time(name, "end")
        return None if start is None or end is None or end < start else end - start

    def get_invoke_timespan(self, end_offset=datetime.timedelta(minutes=5)):
        """From the start of the last invoke to its end and a bit."""
        start, end = self.last_event_time("invoke", "start"), self.last_event_time("invoke", "end")
        now = datetime.datetime.now().astimezone()
        if start is None:
            return now - datetime.timedelta(hours=6), now
        return start, now if end is None or end < start else end + end_offset
