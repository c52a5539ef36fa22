import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiVersionFor } from '../../src/host/docker/docker-api-version.js';
import { Lane, signal } from './connected.js';
import { reply } from './fake-docker.js';

/** `GET /version` of daemons, without the fields that do not concern the API. */
const recorded = [
  { Version: '17.03.2-ce', ApiVersion: '1.27', MinAPIVersion: '1.12', speaks: '1.27' },
  { Version: '19.03.15', ApiVersion: '1.40', MinAPIVersion: '1.12', speaks: '1.40' },
  { Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12', speaks: '1.41' },
  { Version: '23.0.6', ApiVersion: '1.42', MinAPIVersion: '1.12', speaks: '1.41' },
  { Version: '24.0.9', ApiVersion: '1.43', MinAPIVersion: '1.12', speaks: '1.41' },
  { Version: '25.0.5', ApiVersion: '1.44', MinAPIVersion: '1.24', speaks: '1.41' },
  { Version: '26.1.4', ApiVersion: '1.45', MinAPIVersion: '1.24', speaks: '1.41' },
  { Version: '27.2.1', ApiVersion: '1.47', MinAPIVersion: '1.24', speaks: '1.41' },
  { Version: '28.2.2', ApiVersion: '1.50', MinAPIVersion: '1.24', speaks: '1.41' },
  { Version: '29.0.0', ApiVersion: '1.52', MinAPIVersion: '1.44', speaks: '1.44' },
];

let lane: Lane;
beforeEach(async () => (lane = await Lane.open()));
afterEach(() => lane[Symbol.asyncDispose]());

describe.each(recorded)('Docker $Version', ({ speaks, ...version }) => {
  it(`is called with API ${speaks}, after one question without a version`, async () => {
    lane.docker.version = version;
    lane.docker.answer = (_request, response) => reply(response, 200, []);
    const { hosts, facts } = await lane.connectAll();
    await hosts.get(lane.sshd.address)?.docker.list({ signal });
    expect([...lane.docker.apiVersions]).toEqual(['', speaks]);
    expect(lane.docker.seen.map(({ apiVersion }) => apiVersion)).toEqual([speaks]);
    expect(facts.get(lane.sshd.address)?.apiVersion).toBe(version.ApiVersion);
  });
});

describe('a daemon', () => {
  it('is reported with its version if it is too old', async () => {
    lane.docker.version = { Version: '1.11.2', ApiVersion: '1.23' };
    const error = await lane.refusal();
    expect(error).toMatchObject({ code: 'DOCKER_API', exitCode: 6, host: lane.sshd.address });
    expect(error.message).toContain('1.11.2');
  });

  it('is reported if it is not Docker', async () => {
    lane.docker.version = { message: 'hello' };
    expect(await lane.refusal()).toMatchObject({ code: 'DOCKER_API', exitCode: 6 });
  });

  it('is called with the API version of RKE v1 if it does not report its oldest one', () => {
    expect(apiVersionFor({ Version: '25', ApiVersion: '1.44' }, 'node')).toBe('1.41');
    expect(apiVersionFor({ Version: '99', ApiVersion: '2.0', MinAPIVersion: '1.100' }, 'node')).toBe('1.100');
  });
});
