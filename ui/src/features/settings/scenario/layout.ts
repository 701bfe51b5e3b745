/**
 * Where the steps of a flow stand in its picture: in layers from the entries downwards, so that reading goes with the conversation.
 *
 * Layers come from the longest way from an entry, with the ways that lead back taken out; the order within a layer from the middle of
 * a step's neighbours, swept a few times. Ways over several layers pass through places of their own, so that they cross no step.
 */
export interface Way {
  from: string
  to: string
  /** What leads there: a button's label, "otherwise". */
  label: string
}

export interface Placed {
  id: string
  x: number
  y: number
  width: number
}

export interface Line {
  from: string
  to: string
  label: string
  path: string
  labelX: number
  labelY: number
  /** It leads back to a step further up. */
  back: boolean
}

export interface Picture {
  nodes: Placed[]
  lines: Line[]
  width: number
  height: number
}

export const NODE_WIDTH = 184
export const NODE_HEIGHT = 56
const PORT = 92
const GAP = 28
const RISE = 62
const PAD = 32
const SWEEPS = 6

interface Spot {
  id: string
  width: number
  layer: number
  x: number
  above: Spot[]
  below: Spot[]
}

/** `ids` in the order in which an editor lists them, the entries first. */
export function picture(ids: string[], ways: Way[]): Picture {
  const known = new Set(ids)
  const kept = ways.filter((way) => known.has(way.from) && known.has(way.to))
  const out = new Map(ids.map((id) => [id, kept.filter((way) => way.from === id)]))
  const backward = waysBack(ids, out)
  const layerOf = layers(ids, kept, backward)

  const spots = new Map<string, Spot>()
  for (const id of ids) {
    const labelled = (out.get(id) ?? []).filter((way) => way.label !== '').length
    const width = Math.max(NODE_WIDTH, labelled > 1 ? Math.min(labelled, 5) * PORT : 0)
    spots.set(id, { id, width, layer: layerOf.get(id) ?? 0, x: 0, above: [], below: [] })
  }
  const chains = new Map<Way, Spot[]>()
  for (const way of kept) {
    if (backward.has(way)) continue
    chains.set(way, chain(way, spots))
  }
  const rows = inLayers([...spots.values()], [...chains.values()])
  for (let sweep = 0; sweep < SWEEPS; sweep++) order(rows, sweep % 2 === 0)
  place(rows)

  const y = (layer: number) => PAD + layer * (NODE_HEIGHT + RISE)
  const all = rows.flat()
  const left = Math.min(...all.map((spot) => spot.x - spot.width / 2), 0)
  for (const spot of all) spot.x += PAD - left
  const lines = kept.map((way) => line(way, out.get(way.from) ?? [], spots, chains.get(way), y))
  const right = Math.max(NODE_WIDTH, ...all.map((spot) => spot.x + spot.width / 2), ...lines.map((one) => one.right))
  return {
    nodes: ids.map((id) => {
      const spot = spots.get(id)!
      return { id, x: spot.x - spot.width / 2, y: y(spot.layer), width: spot.width }
    }),
    lines: lines.map(({ from, to, label, path, labelX, labelY, back }) => ({
      from,
      to,
      label,
      path,
      labelX,
      labelY,
      back,
    })),
    width: right + PAD,
    height: y(Math.max(0, rows.length - 1)) + NODE_HEIGHT + PAD,
  }
}

/** Ways to a step that is still being gone through: those that close a circle. */
function waysBack(ids: string[], out: Map<string, Way[]>): Set<Way> {
  const back = new Set<Way>()
  const done = new Set<string>()
  const open = new Set<string>()
  for (const start of ids) {
    if (done.has(start)) continue
    const stack: { id: string; next: number }[] = [{ id: start, next: 0 }]
    open.add(start)
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!
      const way = (out.get(top.id) ?? [])[top.next++]
      if (!way) {
        open.delete(top.id)
        done.add(top.id)
        stack.pop()
      } else if (open.has(way.to)) {
        back.add(way)
      } else if (!done.has(way.to)) {
        open.add(way.to)
        stack.push({ id: way.to, next: 0 })
      }
    }
  }
  return back
}

/** The longest way to each step. */
function layers(ids: string[], ways: Way[], back: Set<Way>): Map<string, number> {
  const layer = new Map(ids.map((id) => [id, 0]))
  const forward = ways.filter((way) => !back.has(way))
  for (let round = 0; round < ids.length; round++) {
    let moved = false
    for (const { from, to } of forward) {
      const wanted = (layer.get(from) ?? 0) + 1
      if ((layer.get(to) ?? 0) < wanted) {
        layer.set(to, wanted)
        moved = true
      }
    }
    if (!moved) break
  }
  return layer
}

/** The places that a way passes through, its ends included. */
function chain(way: Way, spots: Map<string, Spot>): Spot[] {
  const from = spots.get(way.from)!
  const to = spots.get(way.to)!
  const passed: Spot[] = [from]
  for (let layer = from.layer + 1; layer < to.layer; layer++) {
    passed.push({ id: '', width: 12, layer, x: 0, above: [], below: [] })
  }
  passed.push(to)
  for (let at = 1; at < passed.length; at++) {
    passed[at - 1]!.below.push(passed[at]!)
    passed[at]!.above.push(passed[at - 1]!)
  }
  return passed
}

function inLayers(steps: Spot[], chains: Spot[][]): Spot[][] {
  const all = new Set([...steps, ...chains.flat()])
  const rows: Spot[][] = []
  for (const spot of all) (rows[spot.layer] ??= []).push(spot)
  return Array.from(rows, (row) => row ?? [])
}

/** One sweep: every row in the order of the middle of its neighbours in the row before it. */
function order(rows: Spot[][], down: boolean) {
  const sequence = down ? rows.slice(1) : rows.slice(0, -1).reverse()
  rows.forEach((row) => row.forEach((spot, at) => (spot.x = at)))
  for (const row of sequence) {
    const middle = new Map(
      row.map((spot, at) => {
        const neighbours = down ? spot.above : spot.below
        const mean = neighbours.reduce((sum, other) => sum + other.x, 0) / neighbours.length
        return [spot, neighbours.length > 0 ? mean : at]
      }),
    )
    row.sort((one, other) => middle.get(one)! - middle.get(other)!)
    row.forEach((spot, at) => (spot.x = at))
  }
}

/** Side by side, then each towards its neighbours as far as there is room. */
function place(rows: Spot[][]) {
  for (const row of rows) {
    let x = 0
    for (const spot of row) {
      spot.x = x + spot.width / 2
      x += spot.width + GAP
    }
  }
  for (let sweep = 0; sweep < SWEEPS * 2; sweep++) {
    const down = sweep % 2 === 0
    for (const row of down ? rows : [...rows].reverse()) {
      const wanted = row.map((spot) => {
        const neighbours = down ? spot.above : spot.below
        return neighbours.length > 0 ? neighbours.reduce((sum, other) => sum + other.x, 0) / neighbours.length : spot.x
      })
      settle(row, wanted)
    }
  }
}

/** Gives every spot a place as near to its wish as the order and the gaps allow: the mean of pushing from both sides. */
function settle(row: Spot[], wanted: number[]) {
  const apart = (at: number) => (row[at - 1]!.width + row[at]!.width) / 2 + GAP
  const fromLeft = [...wanted]
  for (let at = 1; at < row.length; at++) fromLeft[at] = Math.max(wanted[at]!, fromLeft[at - 1]! + apart(at))
  const fromRight = [...wanted]
  for (let at = row.length - 2; at >= 0; at--) {
    fromRight[at] = Math.min(wanted[at]!, fromRight[at + 1]! - apart(at + 1))
  }
  row.forEach((spot, at) => (spot.x = (fromLeft[at]! + fromRight[at]!) / 2))
}

function line(
  way: Way,
  siblings: Way[],
  spots: Map<string, Spot>,
  passed: Spot[] | undefined,
  y: (layer: number) => number,
) {
  const from = spots.get(way.from)!
  const to = spots.get(way.to)!
  const port = from.x - from.width / 2 + (from.width * (siblings.indexOf(way) + 0.5)) / siblings.length
  const bottom = y(from.layer) + NODE_HEIGHT
  const common = { from: way.from, to: way.to, label: way.label, labelX: port, labelY: bottom + 15 }
  if (!passed) {
    // Back up along the right side.
    const side = Math.max(from.x + from.width / 2, to.x + to.width / 2) + GAP
    const into = y(to.layer) + NODE_HEIGHT / 2
    const edge = to.x + to.width / 2
    const path = `M${port} ${bottom} C${port} ${bottom + 34} ${side} ${bottom + 34} ${side} ${bottom - 8} V${into + 24} Q${side} ${into} ${edge + 3} ${into}`
    return { ...common, path, back: true, right: side }
  }
  let path = `M${port} ${bottom}`
  let at = { x: port, y: bottom }
  for (const spot of passed.slice(1)) {
    const end = { x: spot.x, y: y(spot.layer) - (spot === to ? 3 : 0) }
    const bend = (end.y - at.y) / 2
    path += ` C${at.x} ${at.y + bend} ${end.x} ${end.y - bend} ${end.x} ${end.y}`
    at = end
    if (spot !== to) {
      path += ` V${end.y + NODE_HEIGHT}`
      at = { x: end.x, y: end.y + NODE_HEIGHT }
    }
  }
  return { ...common, path, back: false, right: 0 }
}
