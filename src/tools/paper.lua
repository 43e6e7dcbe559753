-- SPDX-License-Identifier: MIT
-- Pandoc filter of paper.md: claims become badges (but those that are no evidence), equations get their tags, and the div {#claims}
-- becomes a section for every claim. paper.sh gives: verdicts (the path of verdicts.json), root
-- (the project's directory as seen from the page), results (that of all results, likewise), tier.
local read_json = dofile('src/tools/json.lua')
local claims, place, counts = {}, {}, {}
local signs = {PASS = '✓', FAIL = '✗', INCONCLUSIVE = '?', STALE = '↻', MISSING = '∅', SKIPPED = '–'}

local function read_meta(meta)
  for _, key in ipairs({'verdicts', 'root', 'results', 'tier', 'build'}) do
    place[key] = pandoc.utils.stringify(meta[key] or '')
    meta[key] = nil
  end
  local verdicts = read_json(place.verdicts)
  claims, counts = verdicts.claims, verdicts.evidence or {}
  return meta
end

-- ---- claims in the text ----

-- What is no evidence gets no sign of it, whatever its verdict: it is a check of the program by itself.
local own = {regression = true, identity = true}

local function badge(claim)
  local verdict = claim.verdict
  if own[claim.evidence] and verdict == 'PASS' then
    return pandoc.Span({pandoc.Str('=')}, {class = 'badge regression', title = claim.evidence .. ': no evidence'})
  end
  return pandoc.Span({pandoc.Str(signs[verdict] or '?')}, {class = 'badge ' .. verdict:lower()})
end

local function class_of(claim)
  return own[claim.evidence] and claim.verdict == 'PASS' and 'regression' or claim.verdict:lower()
end

local function claim_span(span)
  local id = span.attributes.claim
  local claim = claims[id]
  if not claim then
    error('paper.md: verdicts.json has no claim ' .. id)
  end
  local title = id .. ': ' .. (claim.says or '') .. ' — ' .. claim.verdict .. ', ' .. (claim.evidence or '?')
  local link = pandoc.Link(span.content, '#claim-' .. id, title, {class = 'claim ' .. class_of(claim)})
  return {link, badge(claim)}
end

local function equation(span)
  local tag = span.identifier
  span.content:insert(pandoc.Link({pandoc.Str('(' .. tag .. ')')}, '#' .. tag, '', {class = 'tag'}))
  return span
end

local function Span(span)
  if span.classes:includes('equation') then return equation(span) end
  if span.attributes.claim then return claim_span(span) end
  if span.attributes.param then
    return pandoc.Span(span.content, {class = 'parameter', title = span.attributes.param})
  end
end

-- ---- citations ----

-- The reader that paper_list.lua has too knows none: [@key, p. 3; @other] and @key are text to it, and
-- pandoc's own Markdown reads that bit.
local kinds = {Str = '', Space = ' ', SoftBreak = '\n'}
local citations = {'%[[^%[%]]*@[%w_][^%[%]]*%]', '@[%w_:.-]*[%w_] ?%b[]', '@[%w_:.-]*[%w_]'}

local function words(s)
  local list = pandoc.List({})
  for white, word in s:gmatch('([ \n]?)([^ \n]*)') do
    if white ~= '' then list:insert(white == ' ' and pandoc.Space() or pandoc.SoftBreak()) end
    if word ~= '' then list:insert(pandoc.Str(word)) end
  end
  return list
end

-- Inlines for a text of words; a citation stands at the start of a word or in brackets.
local function cited(s)
  local list, at = pandoc.List({}), 1
  while true do
    local from, to
    for _, pattern in ipairs(citations) do
      local a, b = s:find((pattern:match('^@') and '%f[%w@]' or '') .. pattern, at)
      if a and (not from or a < from) then from, to = a, b end
    end
    if not from then return list .. words(s:sub(at)) end
    list:extend(words(s:sub(at, from - 1)))
    list:extend(pandoc.read(s:sub(from, to), 'markdown').blocks[1].content)
    at = to + 1
  end
end

local function Inlines(inlines)
  local out, run = pandoc.List({}), ''
  local function close()
    out:extend(run:find('@', 1, true) and cited(run) or words(run))
    run = ''
  end
  for _, el in ipairs(inlines) do
    local kind = kinds[el.tag]
    if kind then
      run = run .. (el.text or kind)
    else
      close()
      out:insert(el)
    end
  end
  close()
  return out
end

-- An image that is a paragraph is a figure; pandoc 2 knows it by this title.
local function Para(para)
  local image = para.content[1]
  if #para.content == 1 and image.tag == 'Image' and #image.caption > 0 then image.title = 'fig:' .. image.title end
  return para
end

-- ---- the section of a claim ----

local function short(x, digits)
  return x and (string.format('%.' .. (digits or 4) .. 'g', x):gsub('-', '−')) or '–'
end

local function with_error(x, error)
  if not x then return '–' end
  return error and error > 1e-6 * math.abs(x) and short(x) .. ' ± ' .. short(error, 2) or short(x)
end

local function expected(m)
  if m.expect then return with_error(m.expect, m.margin) end
  return m.margin and '> ' .. short(m.margin) or '–'
end

local function where(m)
  return m.at and m.curve .. ', α = ' .. short(m.at) or m.curve
end

local function text(s) return {pandoc.Plain({pandoc.Str(s)})} end

local function is_there(path)
  local file = io.open(path, 'rb')
  if file then file:close() end
  return file ~= nil
end

-- A link where there is something to open, else the bare name.
local function file_link(name, path, target)
  local code = pandoc.Code(name)
  return is_there(path) and pandoc.Link({code}, target) or code
end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

-- figure ← plot.gp ← tables ← commands
local function origin(claim)
  local name, from = claim.experiment, ' ← '
  local figure, script = 'figures/' .. name .. '.svg', 'experiments/' .. name .. '/plot.gp'
  local words = pandoc.List({file_link(figure, figure, place.root .. '/' .. figure), pandoc.Str(from),
                             file_link(script, script, place.root .. '/' .. script), pandoc.Str(from)})
  local commands, seen = pandoc.List({}), {}
  for i, key in ipairs(sorted_keys(claim.tables or {})) do
    local csv, curve = name .. '/' .. key .. '.csv', key:gsub('%.%l+$', '')
    if i > 1 then words:extend({pandoc.Str(','), pandoc.Space()}) end
    words:insert(file_link(key .. '.csv', place.build .. '/results/' .. csv, place.results .. '/' .. csv))
    if not seen[curve] then
      local tier = place.tier ~= 'ci' and ' --tier ' .. place.tier or ''
      commands:insert({pandoc.Plain({pandoc.Code('build/overlap run experiments/' .. name .. ' --curve ' .. curve .. tier)})})
      seen[curve] = true
    end
  end
  if #commands == 0 then
    words:insert(pandoc.Str('no data'))
    commands:insert({pandoc.Plain({pandoc.Code('build/overlap run experiments/' .. name)})})
  end
  return {pandoc.Plain(words)}, commands
end

local function measures_table(claim)
  local rows, head, left = {}, {}, pandoc.AlignLeft
  for _, m in ipairs(claim.measures) do
    rows[#rows + 1] = {text(where(m)), text(with_error(m.value, m.se)), text(expected(m)),
                       text(m.n > 0 and tostring(math.tointeger(m.n) or m.n) or '–'), text(m.verdict)}
  end
  for i, title in ipairs({'where', 'measured', 'expected', 'n', 'verdict'}) do head[i] = text(title) end
  return {pandoc.RawBlock('html', '<details><summary>all ' .. #rows .. ' numbers</summary>'),
          pandoc.utils.from_simple_table(pandoc.SimpleTable({}, {left, left, left, left, left}, {0, 0, 0, 0, 0}, head, rows)),
          pandoc.RawBlock('html', '</details>')}
end

local function facts(claim)
  local m = claim.measures[(claim.worst or 0) + 1]
  local list = pandoc.List({})
  local function fact(name, ...) list:insert({{pandoc.Str(name)}, {...}}) end
  fact('verdict', {pandoc.Plain({badge(claim), pandoc.Space(), pandoc.Str(claim.verdict)})})
  fact('evidence', text((claim.evidence or '?') .. (own[claim.evidence] and ': the program against itself' or '') ..
                        (claim.quoted and ': the number is from ' .. claim.quoted or '')))
  if claim.revised then fact('revised after a look', text(claim.revised)) end
  if claim.asks and claim.asks.number_from and not claim.quoted then fact('expected number from', text(claim.asks.number_from)) end
  if claim.why and claim.why ~= '' then fact('why', text(claim.why)) end
  fact('source', text(claim.source or '–'))
  if m then
    local of = #claim.measures > 1 and ' (' .. where(m) .. ', the worst of ' .. #claim.measures .. ')' or ' (' .. where(m) .. ')'
    fact('measured', text(with_error(m.value, m.se) .. of))
    fact('expected', text(expected(m)))
    fact('seeds', text(m.n > 0 and short(m.n) or m.value and 'one run of theory' or '–'))
  end
  local path, commands = origin(claim)
  fact('from', path)
  fact('command', table.unpack(commands))
  return pandoc.DefinitionList(list)
end

local function claim_section(id, claim)
  local blocks = pandoc.List({pandoc.Header(3, {pandoc.Code(id)}, {id = 'claim-' .. id, class = 'unnumbered unlisted'}),
                              pandoc.Para({pandoc.Str(claim.says or '')}), facts(claim)})
  if #claim.measures > 1 then blocks:extend(measures_table(claim)) end
  return pandoc.Div(blocks, {class = 'claim-entry ' .. class_of(claim)})
end

-- How many claims set what against what; those that are no evidence, apart.
local function evidence()
  local left, right, rows, all, revised = pandoc.AlignLeft, pandoc.AlignRight, {}, 0, 0
  local order = {'simulation-theory', 'simulation-formula', 'simulation-simulation', 'theory-formula', 'theory-theory'}
  for _, name in ipairs(order) do
    rows[#rows + 1] = {text(name), text(tostring(math.tointeger(counts[name] or 0)))}
    all = all + (counts[name] or 0)
  end
  for _, claim in pairs(claims) do revised = revised + (claim.revised and 1 or 0) end
  local rest = (counts.regression or 0) + (counts.identity or 0)
  local note = string.format('Claims by what they set against what: %d are evidence by their form. %d more have a number that is ' ..
                             'quoted from elsewhere, as each says; nothing checks these words. %d compare the program with itself ' ..
                             '(their number came from it); they guard it, are marked =, and are counted apart. %d claims were ' ..
                             'changed after a look at data; each says why.',
                             all, math.tointeger(counts.quoted or 0), rest, revised)
  return {pandoc.Para({pandoc.Str(note)}),
          pandoc.utils.from_simple_table(pandoc.SimpleTable({}, {left, right}, {0, 0}, {text('evidence'), text('claims')}, rows))}
end

local function all_claims()
  local blocks, experiment = pandoc.List(evidence()), nil
  local ids = sorted_keys(claims)
  table.sort(ids, function(a, b)
    local x, y = claims[a].experiment, claims[b].experiment
    return x < y or (x == y and a < b)
  end)
  for _, id in ipairs(ids) do
    local claim = claims[id]
    if claim.experiment ~= experiment then
      experiment = claim.experiment
      local readme = 'experiments/' .. experiment .. '/README.md'
      blocks:insert(pandoc.Header(2, {pandoc.Str(claim.title or experiment)}, {id = 'experiment-' .. experiment}))
      blocks:insert(pandoc.Para({pandoc.Str('Experiment'), pandoc.Space(),
                                 file_link('experiments/' .. experiment, readme, place.root .. '/' .. readme)}))
    end
    blocks:insert(claim_section(id, claim))
  end
  return blocks
end

local function Div(div)
  if div.identifier == 'claims' then
    div.content = all_claims()
    return div
  end
end

return {{Meta = read_meta, Inlines = Inlines, Para = Para}, {Span = Span, Div = Div}}
