"""The work that is measured: a PNG image in, its thumbnail out, a statement per step."""

import png
from statement import trace


def make(read, width, trace_id):
    """`read()` gives the image; the thumbnail is the answer."""
    trace("HANDLER_START", trace_id)
    image = png.decode(read())
    trace("IMAGE_READ", trace_id)
    small = png.downscale(*image, width)
    trace("THUMBNAIL_DONE", trace_id)
    result = png.encode(*small)
    # The handler's work ends here; what follows is the platform sending the result.
    trace("HANDLER_END", trace_id)
    return result
