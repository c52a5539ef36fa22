/** A CustomResourceDefinition as upstream publishes it, without descriptions. */
export interface CustomResourceDefinition {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

/** The CRDs of the add-ons. Most revisions of a template share most of them. */
export interface CustomResources {
  /** By name and the start of their hash. */
  readonly definitions: Readonly<Record<string, CustomResourceDefinition>>;
  /** Keys of `definitions` by key of a template, in the order of the template. */
  readonly templates: Readonly<Record<string, readonly string[]>>;
}

export const noCustomResources: CustomResources = { definitions: {}, templates: {} };

/** CRDs of a template; none for a template that has none or is unknown. */
export function customResourcesOf(
  { definitions, templates }: CustomResources,
  template: string,
): CustomResourceDefinition[] {
  return (templates[template] ?? []).flatMap((id) => definitions[id] ?? []);
}
