-- SPDX-License-Identifier: MIT
-- Pandoc filter of paper.md: claims become badges, equations get their tags, and the div
-- {#claims} becomes the table of all claims. Verdicts come as metadata from verdicts.json.
local claims = {}
local signs = {PASS = '✓', FAIL = '✗', INCONCLUSIVE = '?', STALE = '↻', MISSING = '∅', SKIPPED = '–'}

local function text_of(value)
  return value and pandoc.utils.stringify(value) or ''
end

local function read_verdicts(meta)
  for id, claim in pairs(meta.claims or {}) do
    claims[id] = {verdict = text_of(claim.verdict), says = text_of(claim.says),
                  source = text_of(claim.source), kind = text_of(claim.kind),
                  measures = claim.measures or {}, worst = tonumber(text_of(claim.worst)) or 0}
  end
  meta.claims = nil
  return meta
end

local function short(value)
  local x = tonumber(text_of(value))
  return x and string.format('%.4g', x) or '–'
end

-- "0.0364 ± 0.0002 (K4, alpha = 100; expected 0.0365 ± 0.0007)"
local function measured(m)
  local se, expect = tonumber(text_of(m.se)), tonumber(text_of(m.expect))
  local words = short(m.value)
  if se and se > 0 then words = words .. ' ± ' .. short(m.se) end
  local where = text_of(m.curve)
  if tonumber(text_of(m.at)) then where = where .. ', α = ' .. short(m.at) end
  if expect then where = where .. '; expected ' .. short(m.expect) .. ' ± ' .. short(m.margin) end
  return words .. ' (' .. where .. ')'
end

local function badge(verdict)
  return pandoc.Span({pandoc.Str(signs[verdict] or '?')}, {class = 'badge ' .. verdict:lower()})
end

local function claim_span(span)
  local id = span.attributes.claim
  local claim = claims[id]
  if not claim then
    error('paper.md: verdicts.json has no claim ' .. id)
  end
  local title = id .. ': ' .. claim.says .. ' — ' .. claim.verdict
  local link = pandoc.Link(span.content, '#claim-' .. id, title, {class = 'claim ' .. claim.verdict:lower()})
  return {link, badge(claim.verdict)}
end

function Equation(span)
  local tag = span.identifier
  span.content:insert(pandoc.Link({pandoc.Str('(' .. tag .. ')')}, '#' .. tag, '', {class = 'tag'}))
  return span
end

local function Span(span)
  if span.classes:includes('equation') then return Equation(span) end
  if span.attributes.claim then return claim_span(span) end
  if span.attributes.param then
    return pandoc.Span(span.content, {class = 'parameter', title = span.attributes.param})
  end
end

local function claims_table()
  local ids, rows = {}, {}
  for id in pairs(claims) do ids[#ids + 1] = id end
  table.sort(ids)
  for _, id in ipairs(ids) do
    local c = claims[id]
    local deciding, words = c.measures[c.worst + 1], '–'
    if deciding then words = measured(deciding) end
    if #c.measures > 1 then words = words .. ', the worst of ' .. #c.measures end
    rows[#rows + 1] = {
      {pandoc.Plain({pandoc.Span({pandoc.Code(id)}, {id = 'claim-' .. id})})},
      {pandoc.Plain({pandoc.Str(c.says)})},
      {pandoc.Plain({pandoc.Str(words)})},
      {pandoc.Plain({badge(c.verdict), pandoc.Space(), pandoc.Str(c.verdict)})}}
  end
  local head = {}
  for i, title in ipairs({'claim', 'what it says', 'measured', 'verdict'}) do
    head[i] = {pandoc.Plain({pandoc.Str(title)})}
  end
  local left = pandoc.AlignLeft
  return pandoc.utils.from_simple_table(
    pandoc.SimpleTable({}, {left, left, left, left}, {0.22, 0.36, 0.3, 0.12}, head, rows))
end

local function Div(div)
  if div.identifier == 'claims' then
    div.content = {claims_table()}
    return div
  end
end

return {{Meta = read_verdicts}, {Span = Span, Div = Div}}
