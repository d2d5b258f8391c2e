"""Lists the tools of the book and calls each of them with the public client of the protocol: URL and token are arguments.

Prints the names of the tools and the answers as JSON.
"""

import asyncio
import json
import sys

from mcp import ClientSession
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

EVENT = {
    "conversation_id": "call-1",
    "channel": "telephone",
    "assistant_id": "front-desk",
    "captured": [
        {"field": "telephone", "value": "+14152000001"},
        {"field": "name", "value": "Ada Lovelace"},
        {"field": "email", "value": "nobody at all"},
    ],
}


async def main(url, token):
    http = create_mcp_http_client(headers={"Authorization": f"Bearer {token}"})
    async with streamable_http_client(url, http_client=http) as streams, ClientSession(*streams[:2]) as session:
        server = await session.initialize()
        answers = {"server": server.server_info.name, "tools": [tool.name for tool in (await session.list_tools()).tools]}

        async def call(name, arguments):
            answer = await session.call_tool(name, arguments)
            return answer.structured_content | {"is_error": bool(answer.is_error)}

        answers["record"] = await call("record", EVENT)
        answers["who_is"] = await call("who_is", {"telephone": "(415) 200-0001"})
        contact = {"contact_id": answers["record"]["contact_id"]}
        answers["get_contact"] = await call("get_contact", contact)
        answers["list_conversations"] = await call("list_conversations", contact)
        answers["refused"] = await call("who_is", {"phone": "1"})
        print(json.dumps(answers))


asyncio.run(main(*sys.argv[1:]))
