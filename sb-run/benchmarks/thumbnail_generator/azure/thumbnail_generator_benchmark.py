"""Thumbnails by an Azure function with an HTTP trigger, deployed by `az` and `func`.

The function logs its statements to Application Insights; `collect` fetches them with the Azure
CLI, and the id that travels with each request ties them to those of the client.
"""

import random
import subprocess

import client

BENCHMARK_CONFIG = """
thumbnail_generator:
  description: Thumbnails of PNG images by Azure Functions with an HTTP trigger.
  provider: azure
  region: eastus
  endpoint: DYNAMIC
  invocations: 100
  concurrency: 4
  image_sizes: [[64, 48], [80, 60], [96, 72], [112, 84]]
  thumbnail_width: 32
"""


def run(*command):
    print("$", " ".join(command), flush=True)
    subprocess.run(command, check=True)


def prepare(spec):
    # Set before anything is made, so that cleanup knows it whatever happens.
    spec["deploy_id"] = spec["deploy_id"] or random.randint(1000, 9999)
    name = "sb-thumbnail-%d" % spec["deploy_id"]
    storage = "sbthumbnail%d" % spec["deploy_id"]
    spec["resource_group"] = name
    spec["app_insights"] = name
    run("az", "group", "create", "--name", name, "--location", spec["region"])
    run("az", "storage", "account", "create", "--name", storage, "--resource-group", name,
        "--location", spec["region"], "--sku", "Standard_LRS")
    run("az", "functionapp", "create", "--name", name, "--resource-group", name,
        "--storage-account", storage, "--consumption-plan-location", spec["region"],
        "--os-type", "Linux", "--runtime", "python", "--runtime-version", "3.11",
        "--functions-version", "4")
    run("func", "azure", "functionapp", "publish", name, "--python")
    spec["endpoint"] = "https://%s.azurewebsites.net/api/thumbnail" % name
    client.make_images(spec["image_sizes"])


def invoke(spec):
    client.upload_all(spec, spec["endpoint"])


def cleanup(spec):
    client.remove_images()
    if spec["resource_group"]:
        run("az", "group", "delete", "--name", spec["resource_group"], "--yes")
