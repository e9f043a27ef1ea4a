"""One line for each client that ./dev demo shows, to be pasted into a shell that has the keys in its
environment. tests/clients/test_demo_lines.py pastes them."""
import urllib.parse

LINES = [
    ("boto3", """/usr/bin/python3 -c 'import boto3; print(boto3.client("mturk",
    endpoint_url="{endpoint}", region_name="us-east-1").get_account_balance()["AvailableBalance"])'"""),
    ("AWS CLI", """aws mturk get-account-balance --endpoint-url {endpoint} --region us-east-1 \\
    --query AvailableBalance --output text"""),
    ("JavaScript, after npm ci in tests/clients/js", """(cd tests/clients/js && node --input-type=module -e '
import {{ MTurk }} from "@aws-sdk/client-mturk";
const mturk = new MTurk({{ endpoint: "{endpoint}", region: "us-east-1" }});
console.log((await mturk.getAccountBalance({{}})).AvailableBalance);')"""),
    ("boto 2: the dialect of before 2017, which is off in a new installation (docs/api/legacy.md)",
     """/usr/bin/python3 -c 'import boto.mturk.connection as boto; print("%.2f" % float(
    boto.MTurkConnection(host="{host}", port={port}, is_secure=False)
    .get_account_balance()[0].amount))'"""),
]


def lines(endpoint):
    at = urllib.parse.urlsplit(endpoint)
    return [(client, line.format(endpoint=endpoint, host=at.hostname, port=at.port))
            for client, line in LINES]
