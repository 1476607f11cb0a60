/** The shape that every language has in common: the same keys, other words. Types only. */

/** Literal texts widened; a sentence with facts takes the same facts. */
export type Widened<Tree> = Tree extends string
  ? string
  : Tree extends (...facts: infer Facts) => infer Said
    ? (...facts: Facts) => Widened<Said>
    : Tree extends readonly (infer Item)[]
      ? readonly Widened<Item>[]
      : { readonly [Key in keyof Tree]: Widened<Tree[Key]> };
