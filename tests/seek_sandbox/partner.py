"""A partner of SEEK's, written by hand: no code of the sandbox, none of Letterbox."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from seek_sandbox.options import SandboxOptions

OPTIONS = SandboxOptions(client_id="partner", client_secret="partner secret")
CREDENTIALS = {
    "audience": "https://graphql.seek.com",
    "client_id": "partner",
    "client_secret": "partner secret",
    "grant_type": "client_credentials",
}
PROFILE = """
query ($id: String!) {
  candidateProfile(id: $id) {
    profileId { value }
    candidate {
      documentId { value }
      person {
        name { formattedName given family }
        communication { email { address } phone { formattedNumber } }
      }
    }
    attachments { id { value } url seekRoleCode descriptions }
    employment { organization { name } positionHistories { title start end } }
    seekQuestionnaireSubmission { score }
    associatedPositionProfile {
      profileId { value }
      seekHirerJobReference
      seekCreatedBySelfIndicator
      positionOrganizations { id { value } }
    }
  }
}
"""
EVENTS = """
query ($scheme: String!, $filter: EventsFilterInput, $first: Int, $after: String) {
  events(schemeId: $scheme, filter: $filter, first: $first, after: $after) {
    edges {
      cursor
      streamDateTime
      node {
        id { value }
        typeCode
        createDateTime
        ... on CandidateApplicationCreatedEvent { candidateApplicationProfileId }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
Answer = dict[str, Any]


@dataclass
class Partner:
    """Fetches a token once and asks; looks at nothing but HTTP."""

    http: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=dict)

    async def log_in(self) -> httpx.Response:
        """Fetch a token, and use it from now on."""
        answer = await self.http.post("/oauth/token", json=CREDENTIALS)
        if answer.is_success:
            self.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer

    async def post(self, query: str, **variables: Any) -> httpx.Response:
        """Ask, and give the answer as HTTP has it."""
        if not self.headers:
            await self.log_in()
        body = {"query": query, "variables": variables}
        return await self.http.post("/graphql", json=body, headers=self.headers)

    async def ask(self, query: str, **variables: Any) -> Answer:
        """Ask, and give the answer as GraphQL has it; always HTTP 200."""
        answer = await self.post(query, **variables)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def profile(self, profile_id: str | None) -> Answer:
        """Ask for an application and expect it without errors."""
        answer = await self.ask(PROFILE, id=profile_id)
        assert "errors" not in answer, answer
        return dict(answer["data"]["candidateProfile"])

    async def page(self, **variables: Any) -> Answer:
        """Ask for a page of events and expect it without errors."""
        answer = await self.ask(EVENTS, scheme="seekAnz", **variables)
        assert "errors" not in answer, answer
        return dict(answer["data"]["events"])

    async def download(self, url: str, method: str = "GET") -> httpx.Response:
        """Fetch an attachment."""
        if not self.headers:
            await self.log_in()
        return await self.http.request(method, url, headers=self.headers)


def code(answer: Answer) -> str:
    """Give the code of the only error of an answer."""
    [error] = answer["errors"]
    return str(error["extensions"]["code"])
