"""The function: a PNG image in the body of the request, its thumbnail in that of the answer."""

import azure.functions as func

import thumbnail as work

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="thumbnail", methods=["POST"])
def thumbnail(request: func.HttpRequest) -> func.HttpResponse:
    width = int(request.params["width"])
    image = work.make(request.get_body, width, request.headers["x-trace-id"])
    return func.HttpResponse(image, mimetype="image/png")
