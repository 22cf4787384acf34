"""Thumbnails by an AWS Lambda function behind a function URL, deployed by the Serverless Framework.

The function prints its statements to CloudWatch Logs; `collect` fetches them with the AWS CLI, and
the id that travels with each request ties them to those of the client.
"""

import random
import re
import subprocess

import client

BENCHMARK_CONFIG = """
thumbnail_generator:
  description: Thumbnails of PNG images by AWS Lambda behind a function URL.
  provider: aws
  region: us-east-1
  endpoint: DYNAMIC
  memory: 512
  invocations: 100
  concurrency: 4
  image_sizes: [[64, 48], [80, 60], [96, 72], [112, 84]]
  thumbnail_width: 32
"""


def serverless(spec, verb):
    """Runs `sls`, shows what it prints and gives it back."""
    command = [
        "sls", verb, "--stage", spec["stage"], "--region", spec["region"],
        "--param", "memory=%d" % spec["memory"],
    ]
    print("$", " ".join(command), flush=True)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        text = ""
        for line in running.stdout:
            line = line.decode("utf-8", "replace")
            print(line, end="", flush=True)
            text += line
    if running.returncode != 0:
        raise RuntimeError("sls %s failed with exit code %d" % (verb, running.returncode))
    return text


def prepare(spec):
    # Set before anything is deployed, so that cleanup knows it whatever happens.
    spec["stage"] = spec["stage"] or "sb%04d" % random.randint(0, 9999)
    spec["log_groups"] = ["/aws/lambda/sb-thumbnail-generator-%s-thumbnail" % spec["stage"]]
    found = re.search(r"https://\S+\.lambda-url\.\S+", serverless(spec, "deploy"))
    if not found:
        raise RuntimeError("sls deploy printed no function URL")
    spec["endpoint"] = found.group().rstrip("/")
    client.make_images(spec["image_sizes"])


def invoke(spec):
    client.upload_all(spec, spec["endpoint"] + "/")


def cleanup(spec):
    client.remove_images()
    if spec["stage"]:
        serverless(spec, "remove")
