/** What a running server is made of, told from the lockfile alone, as CycloneDX 1.5: no clock, no network and nothing of what is installed here has a say, so that one lockfile has one bill. npm's own leaves out what a tool of the tests needs as well. */

export interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  /** Only a tool of the build or of the tests asks for it. */
  readonly dev?: boolean;
  /** For some machines only: Node and PostgreSQL are a package for each. */
  readonly optional?: boolean;
}

export interface Lockfile {
  readonly name: string;
  readonly version: string;
  /** By the place where each is installed; the product itself is ''. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

const ALGORITHMS: Readonly<Record<string, string>> = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

export function billOfMaterials({ name, version, packages }: Lockfile): object {
  const components = new Map<string, object>();
  for (const [place, locked] of Object.entries(packages)) {
    if (place === '' || locked.dev === true || locked.version === undefined) continue;
    const component = componentOf(place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length), locked.version, locked);
    // One that is installed in two places is one all the same.
    components.set(component['bom-ref'], component);
  }
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': `pkg:npm/${name}@${version}`, name, version, licenses: licencesOf(packages['']?.license) } },
    components: [...components].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, component]) => component),
  };
}

function componentOf(name: string, version: string, { integrity, license, optional }: LockedPackage) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const [algorithm = '', hash = ''] = integrity?.split(/-(.*)/su) ?? [];
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    scope: optional === true ? 'optional' : 'required',
    licenses: licencesOf(license),
    ...(ALGORITHMS[algorithm] === undefined ? {} : { hashes: [{ alg: ALGORITHMS[algorithm], content: Buffer.from(hash, 'base64').toString('hex') }] }),
  };
}

const licencesOf = (licence: string | undefined): object[] => (licence === undefined ? [] : [{ expression: licence }]);
