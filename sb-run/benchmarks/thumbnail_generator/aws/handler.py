"""The Lambda function: a PNG image in the body of the request, its thumbnail in that of the answer."""

import base64

import thumbnail as work


def thumbnail(event, context):
    def read():
        body = event["body"]
        return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("latin-1")

    width = int(event["queryStringParameters"]["width"])
    image = work.make(read, width, event["headers"]["x-trace-id"])
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "image/png"},
        "isBase64Encoded": True,
        "body": base64.b64encode(image).decode("ascii"),
    }
