/** A class of the object model, seen as something that has members. */
interface Named {
  readonly prototype: object
}

/** A class whose objects nobody makes but this package: good for `instanceof`. */
export type ClassWithoutConstructor<Instance> = (abstract new (...given: never) => Instance) & {
  readonly prototype: Instance
}

/** The members of a type that mean what another vocabulary says: what it reads as must fit. */
type MemberOf<English, Meaning> = {
  [Name in keyof English]-?: Meaning extends English[Name] ? Name : never
}[keyof English]

/**
 * For each name that a vocabulary adds to a type, the member of that type which it is a name of. A name that is missing, that is too many, or that
 * means a member of another type does not compile.
 */
export type Names<Added, English> = {
  readonly [Name in Exclude<keyof Added, keyof English>]: MemberOf<English, Added[Name]> & string
}

/**
 * Gives a class other names for its members: the same functions and properties, so that whoever reads by one name sees what was written by the other. The names are not
 * enumerable: nothing is printed or copied twice.
 *
 * @returns The class itself, with the type that knows the names.
 */
export function nameClass<Added extends Named, English extends Named>(
  english: English,
  names: {
    readonly statics: Names<Added, English>
    readonly members: Names<Added['prototype'], English['prototype']>
  },
): Added {
  nameMembers(english.prototype, names.members)
  return nameMembers<Added>(english, names.statics)
}

/** Gives the only object of its kind other names for its members, as {@link nameClass} does. The object itself may be frozen. */
export function nameSingleton<Added extends object, English extends object>(
  english: English,
  names: Names<Added, English>,
): Added {
  nameMembers(Reflect.getPrototypeOf(english) ?? english, names)
  if (hasNames<Added>(english, names)) return english
  throw new TypeError('an object did not take its names')
}

function nameMembers<Added extends object>(subject: object, names: object): Added {
  for (const [name, member] of Object.entries<string>({ ...names })) addName(subject, name, member)
  if (hasNames<Added>(subject, names)) return subject
  throw new TypeError('an object did not take its names')
}

function hasNames<Added extends object>(subject: object, names: object): subject is Added {
  return Object.keys(names).every((name) => name in subject)
}

function addName(subject: object, name: string, member: string): void {
  const described = descriptorOf(subject, member) ?? forward(member)
  Object.defineProperty(subject, name, { ...described, enumerable: false, configurable: true })
}

/** The member as the nearest object of the prototype chain has it. */
function descriptorOf(subject: object, member: string): PropertyDescriptor | undefined {
  let holder: object | null = subject
  while (holder !== null) {
    const described = Object.getOwnPropertyDescriptor(holder, member)
    if (described !== undefined) return described
    holder = Reflect.getPrototypeOf(holder)
  }
  return undefined
}

/** For what each object has of its own, as errors have their cause. */
function forward(member: string): PropertyDescriptor {
  return {
    get(this: object): unknown {
      return Reflect.get(this, member)
    },
    set(this: object, value: unknown) {
      Reflect.set(this, member, value)
    },
  }
}
