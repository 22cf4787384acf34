# mawk's answers: mawk -v job=a|b -f mawk_peer.awk LOG > OUT
# Counts each latency of each pair; the figures are exact, from the counts.

BEGIN { FS = job == "a" ? "|" : "\t" }

job == "a" {
    epoch = substr($1, 1, 13)
    if ($2 != "PRE_INVOKED") count[label "->" $2, epoch - before]++
    label = $2
    before = epoch
}

job == "b" {
    epoch = substr($4, 1, 13)
    label = substr($4, 20)
    if ($2 in label_of) count[label_of[$2] "->" label, epoch - epoch_of[$2]]++
    label_of[$2] = label
    epoch_of[$2] = epoch
    if (label == "RETURNED") {
        delete label_of[$2]
        delete epoch_of[$2]
    }
}

END {
    for (key in count) {
        split(key, part, SUBSEP)
        pair = part[1]
        n[pair] += count[key]
        sum[pair] += count[key] * part[2]
        if (part[2] + 0 > most[pair]) most[pair] = part[2] + 0
    }
    printf "{"
    for (pair in n) {
        figures = sprintf("\"n\": %d, \"mean\": %.17g", n[pair], sum[pair] / n[pair])
        figures = figures ", \"p50\": " quantile(0.5) ", \"p95\": " quantile(0.95) ", \"p99\": " quantile(0.99)
        printf "%s\"%s\": {%s}", comma, pair, figures
        comma = ", "
    }
    print "}"
}

function quantile(q, place, low) {
    place = (n[pair] - 1) * q
    low = ranked(int(place))
    return sprintf("%.17g", low + (ranked(int(place) + 1) - low) * (place - int(place)))
}

function ranked(rank, ms) {
    for (ms = 0; ms < most[pair]; ms++) {
        if (!((pair, ms) in count)) continue
        if (rank < count[pair, ms]) return ms
        rank -= count[pair, ms]
    }
    return most[pair]
}
