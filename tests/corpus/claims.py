"""Prose with labelled figures: what each sentence states of the form, and which numbers it does not.

One line of TEMPLATES is one phrasing. Its fields:

- ``{A>new}``: a number that states a metric. A letter is a number drawn for the text, the same wherever the letter
  stands; ``A+B`` and ``A-B`` are computed. The metric is written short (see METRICS), ``granted/natural_person`` for
  another column, several joined by ``&`` where one number states each; ``@area`` after it is its scope.
- ``{A}``: a number that states no figure of the form and must not be claimed; ``{A!}`` must be reported as unresolved.
- ``{A~zh>new}``: printed in Chinese numerals; ``~sep`` with thousands separators, ``~full`` full-width, ``~money`` with
  a fraction.
- ``{u}``, ``{v}``: a unit that filers use for applications, for reviews; ``{y}``, ``{y-1}``, ``{y+1}``: years.
- ``¶`` begins a paragraph, ``⏎`` is a line break inside one.

After ``||`` stand options: ``zero`` lists metrics that the text states to be 0 without a number; ``scope`` is the scope
of the filing (own unless given); ``form`` its edition; ``cells`` what its tables hold.

A third of the templates, chosen by a checksum of their text, is kept apart and measured by itself: it was not looked
at while the reader was developed on the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from zlib import crc32

from extract.forms import CellKey
from extract.matching.result import Cell
from extract.model import Place

YEAR = 2024
METRICS = {
    "new": "applications.received_new", "in": "applications.received_carried_over",
    "handled": "applications.handled", "done": "applications.concluded_total", "out": "applications.carried_forward",
    "granted": "applications.granted", "partly": "applications.partly_granted",
    "gp": "applications.granted_or_partly", "refused": "applications.refused",
    "unavailable": "applications.unavailable", "np": "applications.not_processed", "other": "applications.other",
    "R": "review_litigation.review", "L": "review_litigation.litigation",
    "LD": "review_litigation.litigation_direct", "LA": "review_litigation.litigation_after_review",
    "docs": "proactive.normative_documents", "rules": "proactive.regulations", "licensing": "proactive.licensing",
    "penalties": "proactive.penalties", "coercion": "proactive.coercion", "fees": "proactive.fees",
    "procurement": "proactive.procurement",
}  # fmt: skip
APPLICATION_UNITS = ("件", "件", "件", "份", "条", "宗", "例", "项")
REVIEW_UNITS = ("件", "件", "起", "次", "宗", "例")
HELD_OUT = 3  # one template in this many

TEMPLATES = """
# received
{y}年，我局共收到政府信息公开申请{A>new}{u}。
{y}年度，本机关新收政府信息公开申请{A>new}{u}，均在法定期限内办结。
全年受理依申请公开{A>new}{u}，均已按时答复。
今年以来，共接到公民、法人和其他组织提出的政府信息公开申请{A>new}{u}。
报告期内，我办接收政府信息公开申请{A>new}宗。
{y}年，县商务局收到{A>new}{u}政府信息公开申请，全部依法答复。
（二）依申请公开情况。本年度共受理{A>new}{u}，无逾期答复情况。
{y}年，我单位新收到信息公开申请共计{A>new}{u}。
通过网络、信函、当面等渠道共收到政府信息公开申请{A>new}{u}。
{y}年，收到各类政府信息公开申请合计{A>new}{u}，较上年增加{B!}件。
2.依申请公开情况。{y}年新收申请{A>new}{u}，同比增长{B}%。
我局{y}年政府信息公开申请受理量为{A>new}{u}。
截至{y}年12月31日，我局共受理政府信息公开申请{A>new}{u}。
{y}年1月1日至12月31日，共收到政府信息依申请公开{A>new}{u}。
全年收到的政府信息公开申请共{A>new}{u}，涉及土地征收、财政补贴等方面。
{y}年，我局共收到申请人提交的公开申请{A>new}{u}。
{y}年本单位收到依申请公开信息{A>new}条，答复率100%。
{y}年，我局收到政府信息依申请公开办理事项{A>new}件，已在规定时间内办结答复。
{y}年，我局受理申请公开政府信息{A>new}{u}。
全年共收信息公开申请{A>new}封，其中{B!}封为网上提交。
(二)依申请公开情况¶{y}年，本局共收到{A>new}件，均按时办结。
依申请公开方面。全年收到政府信息公开申请，共计{A>new}{u}。
{y}年我局收到公民、法人或者其他组织的信息公开申请{A~zh>new}件。
{y}年，我委共收到政府信息公开申请{A~sep>new}件。
{y}年，我厅共收到政府信息公开申请 {A>new} 件，其中予以公开 {B>granted} 件。
２０２４年，本机关收到政府信息公开申请{A~full>new}件。
{y}年，我局收⏎到政府信息公开申⏎请{A>new}件，其⏎中予以公开{B>granted}件。
二是依法做好依申请公开工作，全年受理政府信息公开申请{A>new}{u}，答复及时率100%。
{y}年度，新收申请数量为{A>new}件，申请内容主要集中在房屋征收方面。¶（三）政府信息管理情况。
全年共收到依申请公开件{A>new}件，答复申请人{B!}人次。
{y}年收到群众通过邮寄、网络等方式提出的信息公开申请共{A>new}件。
严格执行《条例》，规范受理、登记、办理、答复等环节，{y}年共受理申请公开事项{A>new}项。
{y}年，我街道接收到政府信息公开申请{A>new}件，按期办结率100%。
# applicants
{y}年新收政府信息公开申请{A+B>new}件，其中自然人{A>new/natural_person}件、商业企业{B>new/commercial_enterprise}件。
收到政府信息公开申请{A+B>new}件，其中自然人申请{A>new/natural_person}件，法人或其他组织申请{B!}件。
本年新收政府信息公开申请{A+B+C>new}件，申请人为自然人的{A>new/natural_person}件，科研机构{B>new/research_institution}件，法律服务机构{C>new/legal_service_organisation}件。
全年办结政府信息公开申请{A+B+C>done}件，其中予以公开{A+B>granted}件（自然人{A>granted/natural_person}件、商业企业{B>granted/commercial_enterprise}件），无法提供{C>unavailable}件。
共收到公民个人提出的政府信息公开申请{A>new/natural_person}件、企业提出的申请{B>new/commercial_enterprise}件。
{y}年，我局收到政府信息公开申请{A>new}件，申请主体均为自然人。
全年新收政府信息公开申请{A+B+C>new}件。其中：自然人{A>new/natural_person}件，社会公益组织{B>new/social_welfare_organisation}件，其他{C>new/other_organisation}件。
# carry-in
{y}年，我局新收政府信息公开申请{A>new}件，上年结转{B>in}件。
{y}年共办理政府信息公开申请{A+B>handled}件，其中本年新收{A>new}件，上年结转{B>in}件。
全年共办理政府信息公开申请{A+B>handled}件（含上年结转{B>in}件）。
{y}年共收到政府信息公开申请{A>new}件，另有{y-1}年结转的{B>in}件。
共处理政府信息公开申请{A+B>handled}件（含{y-1}年结转的{B>in}件），办结{C>done}件。
{y}年，收办政府信息公开申请{A>handled}件，均依法办理。
{y}年度收到政府信息公开申请{A+B>handled}件（包括上年度结转{B>in}件），已答复{C>done}件。
我局新收申请{A>new}件，上一年度结转申请{B>in}件，共计办理依申请公开{A+B>handled}件。
全年受理政府信息公开申请{A+B>handled}件，其中新收{A>new}件、上年度结转办理{B>in}件。
上年转结政府信息公开申请{B>in}件，本年新收{A>new}件。
{y}年新收到政府信息公开申请{A>new}件，结转上年{B>in}件，结转{y+1}年{C>out}件。
依申请公开情况。{y}年，新收{A>new}件，{y-1}年度结转{B>in}件，办结{A+B-C>done}件，结转{y+1}年度{C>out}件。
年初有上年未办结的政府信息公开申请{B>in}件，年内新收{A>new}件。
{y}年共答复政府信息公开申请{A>done}件，包括上年结转信息公开申请{B>in}件。
受理政府信息公开申请{A>new}件，无上年结转。||zero=in
# carry-out
收到政府信息公开申请{A>new}件，办结{B>done}件，结转下年度{C>out}件。
{y}年收到政府信息公开申请{A>new}件，除{C>out}件尚在答复状态中，其余{B>done}件均已答复。
共受理政府信息公开申请{A>new}件，除{C>out}件结转至{y+1}年办理外，其余均已按期答复。
办结政府信息公开申请{B>done}件，另有{C>out}件正在办理中。
新收政府信息公开申请{A>new}件，已办结{B>done}件，{C>out}件结转下一年度继续办理。
收到政府信息公开申请{A>new}件，答复{B>done}件，未到答复期限的{C>out}件顺延到下年度答复。
全年收到政府信息公开申请{A>new}件，{B>done}件已办结，{C>out}件尚在办理。
收到申请公开政府信息{A>new}件，已答复{B>done}件，转下年度办理{C>out}件。
收到依申请公开{A>new}件，已全部办结，无结转下年度办理事项。||zero=out
新收政府信息公开申请{A>new}件，办结{B>done}件，转入下一年办理的{C>out}件。
新收政府信息公开申请{A>new}件，办结{B>done}件，结转{C>out}件。||cells=received_new.total=A,concluded_total.total=B,received_carried_over.total=0,carried_forward.total=C
共收到政府信息公开申请{A>new}件。其中予以公开{B>granted}件，其他处理{C>other}件。无结转。||zero=out
收到政府信息公开申请{A>new}件，均已答复，没有结转下年的申请。||zero=out
# concluded and handled
{y}年，我局办结政府信息公开申请{A>done}件。
收到政府信息公开申请{A>new}件，答复{B>done}件，答复率100%。
收到政府信息公开申请{A>new}件，已答复申请人{B>done}件。
新收政府信息公开申请{A>new}件，全年共完成答复{B>done}件。
全年共收到并登记政府信息公开申请{A>new}件，处理完毕{B>done}件。
依法依规答复政府信息公开申请{A>done}件，无一超期。
办理政府信息公开申请{A+B>done}件，其中予以公开{A>granted}件、不予公开{B>refused}件。
{y}年共办理政府信息公开申请{A}件，办结率100%。
{y}年共办理政府信息公开申请{A>handled}件，办结率100%。||cells=received_new.total=B,received_carried_over.total=A-B,concluded_total.total=C
{y}年处理政府信息公开申请{A>done}件。||cells=received_new.total=B,received_carried_over.total=0,concluded_total.total=A
收到政府信息公开申请{A>new}件，回复{B>done}件。
{A>done}件政府信息公开申请已按时办结，{B>out}件正在办理。
全年共作出政府信息公开申请答复{A>done}件，平均办理时间{B}个工作日。
收到政府信息公开申请{A>new}件，按时办结{B>done}件，办结率为{C}%。
# outcomes
办结政府信息公开申请{A+B+C>done}件，其中予以公开{A>granted}件，部分公开{B>partly}件，不予公开{C>refused}件。
收到政府信息公开申请{A>new}件，其中{B>granted}件予以公开、{C>partly}件部分公开、{D>unavailable}件无法提供。
{y}年受理政府信息公开申请{A>new}{u}，其中予以公开{B>granted}{u}，占{P}%；不予公开{C>refused}{u}，占{Q}%；无法提供{D>unavailable}{u}。
已答复{A>done}件信息公开申请，其中予以公开及部分公开{B>gp}件，不予公开{C>refused}件，不予处理{D>np}件，其他处理{E>other}件。
全年答复依申请公开{A>done}件：同意公开{B>granted}件，同意部分公开{C>partly}件，不同意公开{D>refused}件。
收到政府信息公开申请{A>new}件，其中公开{B>granted}件，部分公开{C>partly}件，不予公开{D>refused}件。
按照答复类型，予以公开{A>granted}件、部分公开{B>partly}、不予公开{C>refused}件、无法提供的{D>unavailable}件、不予处理的{E>np}件、其他处理{F>other}件。
办理结果为：准予公开{A>granted}件，信息无法提供{B>unavailable}件，其他情况{C>other}件。
收到申请{A>new}件，予以公开、部分公开、不予公开分别为{B>granted}件、{C>partly}件、{D>refused}件。||heading
对{A>refused}件申请不予公开，对{B>np}件申请不予处理。||heading
全年办结{A>done}件，不予公开和无法提供各{B>refused&unavailable}件。||heading
办结政府信息公开申请{A>done}件（予以公开{B>granted}件，部分公开{C>partly}件，无法提供{D>unavailable}件）。
在答复的申请中，公开或部分公开{A>gp}件，不予公开{B>refused}件。
其中，同意公开或部分公开的{A>gp}件，公开率为{P}%。||heading
{y}年共收到申请{A>new}件。其中，予以公开{B>granted}件；部分公开{C>partly}件；不予处理{D>np}件；其他{E>other}件。||heading
收到信息公开申请{A>new}件，作出予以公开答复{B>granted}件、不予公开答复{C>refused}件。
办结{A>done}件，予以公开率{P}%。||heading
全年共办结政府信息公开申请{A>done}件，其中属于予以公开的有{B>granted}件，属于部分公开的有{C>partly}件。
在已办结的{A>done}件申请中，{B>granted}件予以公开，{C>np}件属信访、重复申请等不予处理。||heading
答复情况：1.予以公开{A>granted}件；2.部分公开{B>partly}件；3.不予公开{C>refused}件。||heading
答复情况：（1）予以公开{A>granted}件；（2）无法提供{B>unavailable}件；（3）其他处理{C>other}件。||heading
予以公开的申请{A>granted}件，予以部分公开的申请{B>partly}件。||heading
依法作其他处理{A>other}件，不予处理{B>np}件。||heading
{y}年我局共受理依申请公开{A>new}件，已答复{A+B>done}件，其中不予公开{C>refused}件，无法提供{D>unavailable}件。
信息公开申请答复{A>done}件，不予公开{B>refused}件，无法提供{C>unavailable}件，没有出现应公开而不予公开的办件。
# reasons
因属于三类内部事务信息不予公开{A>refused.internal_affairs}件，因属于行政执法案卷不予公开{B>refused.enforcement_case_file}件。||heading
不予公开{A+B>refused}件，其中属于国家秘密{A>refused.state_secret}件、属于行政查询事项{B>refused.administrative_inquiry}件。||heading
因本机关不掌握无法提供并告知通过其他途径办理{A>unavailable.not_held}件，予以公开{B>granted}件。||heading
无法提供{A+B>unavailable}件（本机关不掌握相关政府信息{A>unavailable.not_held}件，没有现成信息需要另行制作{B>unavailable.must_be_created}件）。||heading
因不掌握、没有现成信息等原因无法提供{A>unavailable}件。||heading
因补正后申请内容仍不明确，无法提供{A>unavailable.still_unclear}件；因重复申请，不予处理{B>np.repeated}件。||heading
{A>refused.process_information}件因属于四类过程性信息不予公开，{B>refused.third_party_rights}件因涉及第三方合法权益不予公开。||heading
不予处理{A+B>np}件，其中信访举报投诉类申请{A>np.petition_or_complaint}件，重复申请{B>np.repeated}件。||heading
其他处理{A>other}件，其中申请人逾期不补正{B>other.not_corrected_in_time}件。||heading
法律法规禁止公开{A>refused.prohibited_by_law}件，危及“三安全一稳定”{B>refused.security_and_stability}件，保护第三方合法权益{C>refused.third_party_rights}件。||context=办结政府信息公开申请若干，不予公开的情形如下：
要求提供公开出版物不予处理{A>np.publication}件，无正当理由大量反复申请不予处理{B>np.excessive}件。||heading
属于四类过程性信息{B>refused.process_information}件，本办不掌握相关政府信息{C>unavailable.not_held}件，其他{D>other}件（申请人自主撤销）。||context=收到信息公开申请，均为自然人申请。其中，予以公开{A>granted}件，
要求行政机关确认或重新出具已获取信息不予处理{A>np.confirm_or_reissue}件。||heading
办结信息公开申请{A>done}件，其中信访投诉类不予处理{B>np.petition_or_complaint}件，信息不存在无法提供{C>unavailable}件。
因没有现成信息、需要另行制作而无法提供的{A>unavailable.must_be_created}件。||heading
属于行政查询事项，不予公开{A>refused.administrative_inquiry}件。||heading
不予公开（属于内部事务信息）{A>refused.internal_affairs}件，不予公开（属于过程性信息）{B>refused.process_information}件。||heading
无法提供{A>unavailable}件，均为本机关不掌握相关政府信息。||heading
# reviews and lawsuits
全年因依申请公开答复被提起行政复议{A>R.total}次，复议结果结果维持{B>R.upheld}次；被提起行政诉讼{C>L.total}次，诉讼结果结果维持{D>L.upheld}次。
因政府信息公开被申请行政复议{A>R.total}{v}，其中结果维持{B>R.upheld}{v}，结果纠正{C>R.corrected}{v}。
因政府信息公开引发行政复议{A>R.total}件、行政诉讼{B>L.total}件。
{y}年，因政府信息公开工作引发的行政复议、行政诉讼各{A>R.total&L.total}件。
政府信息公开行政复议、行政诉讼案件均为0件。||zero=R.total,L.total
全年发生政府信息公开行政复议{A>R.total}件，均获维持。||also=R.upheld=A
发生涉及政府信息公开的行政诉讼{A>L.total}件，均未被纠错。||zero=L.corrected
发生涉及政府信息公开的行政诉讼案件{A>L.total}件，被纠错{B>L.corrected}件。
因政府信息公开申请被提起行政诉讼{A>L.total}件，其中未经复议直接起诉{B>LD.total}件、复议后起诉{C>LA.total}件。
政府信息公开行政诉讼{A>L.total}件，其中未经复议直接起诉{B>LD.total}件（结果维持{C>LD.upheld}件，尚未审结{D>LD.pending}件），复议后起诉{E>LA.total}件（其他结果{F>LA.other}件）。
信息公开类行政复议{A>R.total}起，正在办理中。
因政府信息公开答复被申请行政复议{A>R.total}件，其中维持{B>R.upheld}件、撤回结案{C>R.other}件、未审结{D>R.pending}件。
办理因{y-1}年度政府信息公开申请引发行政复议{A>R.total}件、引发行政诉讼{B>L.total}件。
{A>R.total}件政府信息公开行政复议中，{B>R.upheld}件维持，{C>R.corrected}件被纠正。
因信息公开工作被提起行政复议{A>R.total}件，结果维持{B>R.upheld}件，尚未审结{C>R.pending}件；被提起行政诉讼{D>L.total}件，尚未审结。
依申请公开引发行政复议案{A>R.total}宗，行政诉讼案{B>L.total}宗，未决{C>L.pending}宗。
因政府信息公开被申请复议{A>R.total}件，维持原行政行为{B>R.upheld}件。
{y}年发生因政府信息公开提起的行政诉讼{A~zh>L.total}起。
涉政府信息公开的行政复议和行政诉讼共{A!}件，其中行政复议{B>R.total}件、行政诉讼{C>L.total}件。
依申请公开{A>new}次，行政复议{B>R.total}次，行政诉讼{C>L.total}次。||cells=received_new.total=A,concluded_total.total=A,received_carried_over.total=0
政府信息公开行政复议{A>R.total}件，行政诉讼未发生。||zero=L.total
因政府信息公开被申请行政复议{A>R.total}件，结果维⏎持{B>R.upheld}件。
¶四、政府信息公开行政复议、行政诉讼情况¶{y}年，被申请行政复议{A>R.total}件，被提起行政诉讼{B>L.total}件。
公开申请人不服答复申请行政复议{A>R.total}件，复议机关维持{B>R.upheld}件，责令重新答复{C>R.corrected}件。
因政府信息公开申请行政复议{A>R.total}件，经复议后提起行政诉讼{B>LA.total}件。
政府信息公开方面的行政复议{A>R.total}件，复议维持{B>R.upheld}件，纠错{C>R.corrected}件，其他{D>R.other}件。
全年因政府信息公开被复议{A>R.total}件，其中{B>R.upheld}件结果维持，{C>R.pending}件正在审理。
信息公开领域被诉{A>L.total}件，结果维持{B>L.upheld}件。
政府信息公开行政复议结果维持{A>R.upheld}件，结果纠正{B>R.corrected}件，其他结果{C>R.other}件，尚未审结{D>R.pending}件。
# negations
{y}年，我局未收到政府信息公开申请。||zero=new
全年没有收到公民、法人和其他组织提出的政府信息公开申请。||zero=new
{y}年度未发生因政府信息公开引起的行政复议、行政诉讼。||zero=R.total,L.total
{y}年，我局未收到行政许可申请；全年未接到信息公开申请。||zero=new
我单位{y}年无依申请公开事项。||zero=new
{y}年，街道办事处未接收到政府信息公开申请，无行政复议、行政诉讼情况。||zero=new,R.total,L.total
全年未收到政府信息公开申请，也没有因政府信息公开被申请行政复议或被提起行政诉讼的情况。||zero=new,R.total,L.total
本年度未收到依申请公开件，无因政府信息公开申请提出的行政复议、行政诉讼情况。||zero=new,R.total,L.total
{y}年共接收政府信息公开申请0件，全年没有发生因政府信息公开申请行政复议和提起行政诉讼的情况。||zero=new,R.total,L.total
收到公民、法人或其他组织提交政府信息公开申请0条。政府信息公开行政复议、行政诉讼0条。||zero=new,R.total,L.total
{y}年度，本机关未发生政府信息公开行政复议案件。||zero=R.total
没有因政府信息公开引发的行政诉讼。||zero=L.total
全年无提起行政复议诉讼情况。||zero=R.total,L.total
受理信息公开申请{A>new}件，未发生因信息公开申请提起的行政复议和诉讼。||zero=R.total,L.total
{y}年未收到政府信息公开申请、行政复议和行政诉讼。||zero=new,R.total,L.total
{y}年度我街办未接到提出公开政府信息的申请。||zero=new
{y}年本机关政府信息公开申请数量为零。||zero=new
政府信息公开行政复议、行政诉讼情况：无。||zero=R.total,L.total
依申请公开情况：{y}年我局未收到申请公开事项。||zero=new
{y}年，尚未收到任何单位和个人的政府信息公开申请。||zero=new
（二）依申请公开。{y}年度未收到相关申请。||zero=new
未出现因政府信息公开申请行政复议、提起行政诉讼的情形。||zero=R.total,L.total
全年未产生政府信息公开方面的复议、诉讼案件。||zero=R.total,L.total
行政复议{A>R.total}件，行政诉讼0件，均与政府信息公开有关。||zero=L.total
全年无政府信息公开申请，无信息公开行政复议，无信息公开行政诉讼。||zero=new,R.total,L.total
# documents, decisions, fees
{y}年，我局制发行政规范性文件{A>docs.issued}件，现行有效{B>docs.in_force}件。
全年制定行政规范性文件{A>docs.issued}件，废止{B>docs.repealed}件，现行有效行政规范性文件{C>docs.in_force}件。
本年度印发行政规范性文件{A>docs.issued}件，废止行政规范性文件{B>docs.repealed}件。
{y}年，市政府制定规章{A>rules.issued}部，废止规章{B>rules.repealed}部，现行有效规章{C>rules.in_force}部。||scope=area
全年作出行政许可处理决定{A>licensing.decisions}件、行政处罚处理决定{B>penalties.decisions}件、行政强制处理决定{C>coercion.decisions}件。
{y}年办理行政许可{A>licensing.decisions}件，作出行政处罚决定{B>penalties.decisions}件。
本年行政事业性收费金额{A~money>fees.amount}万元。
全年收取行政事业性收费{A~money>fees.amount}万元，较上年减少{B~money!}万元。
出台规范性文件{A>docs.issued}件，组织解读{B!}篇。
截至年底，现行有效的行政规范性文件{A>docs.in_force}件。
实施行政处罚{A>penalties.decisions}起，实施行政强制{B>coercion.decisions}起。
本年度未制发行政规范性文件，现行有效行政规范性文件{A>docs.in_force}件。||zero=docs.issued
{y}年新制作规范性文件{A>docs.newly_made}件，新公开{B>docs.newly_disclosed}件，对外公开总数{C>docs.total_disclosed}件。||form=2019
政府集中采购项目{A>procurement.projects}个，采购总金额{B~money>procurement.amount}万元。||form=2019
{y}年作出行政许可决定{A>licensing.decisions}件、行政处罚决定{B>penalties.decisions}件。||form=2019
行政许可{A>licensing.decisions}件，行政处罚{B>penalties.decisions}件，行政强制{C>coercion.decisions}件。||cells=proactive.licensing.decisions=A,proactive.penalties.decisions=B,proactive.coercion.decisions=C
# scope
{y}年，全市各级行政机关共收到政府信息公开申请{A>new@area}件，办结{B>done@area}件。
全区新收政府信息公开申请{A>new@area}件，其中区政府办公室代表区政府受理{B>new@represented}件。
{y}年，我县共受理政府信息公开申请{A>new@area}件。||scope=area
{y}年，代表市政府办理政府信息公开申请{A>handled@represented}件，其中新收{B>new@represented}件、上年结转{A-B>in@represented}件。||scope=area
全县新收政府信息公开申请{A>new@area}件，我局新收{B>new@own}件。
全市行政机关因政府信息公开被申请行政复议{A>R.total@area}件，我局被申请行政复议{B>R.total@own}件。
{y}年，全省新收政府信息公开申请{A>new@area}件，本机关新收政府信息公开申请{B>new@own}件，予以公开{C>granted@own}件。||scope=area
按照全市政务公开工作要点，我局全年受理政府信息公开申请{A>new@own}件。
本机关收到政府信息公开申请{A>new@own}件。其中，予以公开{B>granted@own}件。||scope=area
我区新收依申请信息公开{A>new@area}件，均在法定期限内办结，其中予以公开{B>granted@area}件。||scope=area
{y}年，区政府办公室共收到{A>new@own}份政府信息公开申请。||scope=own
全县未发生因政府信息公开引起的行政复议、行政诉讼。||scope=area zero=R.total@area,L.total@area
{y}年收到政府信息公开申请{A>new@unknown}件。||scope=unknown
# combined paragraphs
（二）依申请公开情况。{y}年，我局共收到政府信息公开申请{A>new}件，上年结转{B>in}件。办结{C>done}件，其中予以公开{D>granted}件，不予公开{E>refused}件，结转下年度{F>out}件。全年被申请行政复议{G>R.total}件，结果维持{H>R.upheld}件，未发生行政诉讼。||zero=L.total
新收政府信息公开申请{A>new}件，上年结转{B>in}件，共{A+B>handled}件。按期办结{C>done}件，其中：予以公开{D>granted}件，部分公开{E>partly}件，不予公开{F>refused}件，无法提供{G>unavailable}件。||heading
{y}年主动公开政府信息{A!}条；收到依申请公开{B>new}件，全部按时答复；发生行政复议{C>R.total}件，行政诉讼{D>L.total}件。
{y}年，本机关共受理依申请公开{A>new}件，已答复{B>done}件，其中不予公开{C>refused}件，无法提供{D>unavailable}件。举办培训{E!}次，参训{F!}人次。
（二）依申请公开。建立台账，规范流程。{y}年共收到政府信息公开申请{A>new}件，其中网络申请{B!}件、信函申请{C!}件、当面申请{D!}件；已办结{E>done}件。
截止{y}年12月31日，通过官方网站发布政务类信息{A!}条，概况类信息{B!}条；受理政府信息公开申请{C>new}件，都在法定期限内予以答复。
# traps: counts of other things
{y}年，我局主动公开政府信息{A!}条，发布政策解读{B!}篇。
召开新闻发布会{A!}场，开展业务培训{B!}次，培训人员{C!}人次。
收到群众留言{A!}条，办结{B!}条，办结率100%。
办理人大代表建议{A!}件、政协委员提案{B!}件，均已按时答复。
受理“12345”市长热线{A!}件，已全部回复。
县长信箱共受理有效信件{A!}件，已办结{B!}件。
受理行政许可申请{A!}件，办结{B!}件。
解读规范性文件{A!}件，清理规范性文件{B!}件。
公开行政处罚信息{A!}条、行政许可信息{B!}条。
信访局全年受理信访事项{A!}件，办结{B!}件，不予受理{C!}件。
全年办理行政复议案件{A!}件，审结{B!}件，其中维持{C}件、纠正{D}件。
发出收费通知{A!}件，收取信息处理费{B!}元。
没有出现应公开而不予公开的办件。
对拟不予公开的文件{A!}件进行了复核。
答复网民咨询{A!}条，处理投诉举报{B!}件。
征集意见建议{A!}条，采纳{B!}条。
根据国办公开办函〔2021〕30号文件要求，办公电话0000-1234567，邮编123456，第二十条第一项。
坚持“三审三校”“一事一审”，执行“五公开”，落实两项制度、三个清单。
评查行政执法案卷{A!}件，合格率100%。
备案行政规范性文件{A!}件，审查合同{B!}份。
开展行政复议培训{A!}次，旁听行政诉讼庭审{B!}次。
向图书馆提供应公开的规范性文件，全年共提供文件{A!}份。
公开财政预决算信息{A!}条，回应关切{B!}次。
政务服务中心全年办件{A!}件，按时办结{B!}件。
网站浏览量{A!}次，订阅数{B!}人。
全年公开办事指南{A!}项，受理业务{B!}件，不予受理{C!}件。
受理消费者投诉{A!}件，办结{B!}件，调解成功{C!}件。
# traps: other years, comparisons, approximations, shares
{y-1}年收到政府信息公开申请{A!}件，{y}年收到{B>new}件。
{y}年收到政府信息公开申请{A>new}件，比上年的{B!}件增加{C!}件。
上年度共收到政府信息公开申请{A!}件。
与{y-1}年相比，申请量减少{A!}件，下降{P}%。
{y}年，收到政府信息公开申请{A!}余件。
{y}年，全年收到政府信息公开申请约{A!}件。
《条例》施行以来，累计收到政府信息公开申请{A!}件。
上半年收到政府信息公开申请{A!}件。
予以公开占{P}%，部分公开占{Q}%，不予公开占{O}%。||heading
收到网上申请{A!}件、信函申请{B!}件、当面申请{C!}件。||heading
{y}年收到政府信息公开申请{A>new}件，同比增加{B!}件；行政复议{C>R.total}件，同比减少{D!}件。||heading
收到政府信息公开申请{A>new}件，其中线上{B!}件、线下{C!}件。
延期答复{A!}件，告知补正{B!}件，转送其他机关{C!}件。||heading
申请人通过互联网提交{A!}件，邮寄提交{B!}件。||heading
共收到政府信息公开申请{A>new}件，其中涉及征地{B!}件、涉及房屋{C!}件。
政府信息公开申请由上年的{A!}件增加到{B!}件。
未对政府信息公开申请收取任何费用。
未发生依申请公开超期办理情况，未收到相关投诉。
{y}年没有因不依法履行公开义务被追责的情况，未发生泄密事件。
以上两项合计，不予公开、不予处理共{A!}件。||heading
{y+1}年，我局将继续规范依申请公开办理，力争办结{A!}件以上。
行政复议、行政诉讼案件共{A!}件。||heading
全年政府信息公开申请量增长{P}%，其中予以公开{A>granted}件。||heading
未收取行政事业性收费以外的费用，收到有效的意见反馈{A!}条。
因信息公开引发的行政复议未出现败诉情形。
近三年共收到政府信息公开申请{A!}件，{y}年新收{B>new}件。
# further phrasings
一年来，本局累计接收政府信息公开申请{A>new}件，较好地满足了群众的信息需求。
{y}年本机关共收到政府信息公开申请表{A>new}份，全部依法依规作出答复。
办理依申请公开工作有序推进，全年新收申请{A>new}件、结转上年申请{B>in}件、办结申请{C>done}件。
{y}年，我局接到依申请公开件{A>new}件，按规定时限答复{B>done}件，尚未到期{C>out}件。
从申请数量看，{y}年全市共新收政府信息公开申请{A>new@area}件，其中自然人申请{B>new/natural_person@area}件，占{P}%。
从办理结果看，予以公开{A>granted}件，占{P}%；部分公开{B>partly}件，占{Q}%；无法提供{C>unavailable}件，占{O}%。||heading
从办理情况看，{y}年共答复{A>done}件，其中“予以公开”{B>granted}件、“部分公开”{C>partly}件、“不予公开”{D>refused}件、“无法提供”{E>unavailable}件、“不予处理”{F>np}件、“其他处理”{G>other}件。||heading
全年收到政府信息公开申请{A>new}件（其中{B>new/natural_person}件为自然人申请，{C>new/commercial_enterprise}件为商业企业申请）。
对符合规定的{A>granted}件申请予以公开，对涉及个人隐私的{B>refused.third_party_rights}件不予公开。||heading
{y}年全年受理信息公开申请{A>new}起，已办结{B>done}起，其余{C>out}起正在办理。
政府信息公开申请新收{A>new}件，办结{B>done}件。
共收到政府信息公开申请{A>new}件，{B>done}件已在法定期限内答复，{C>out}件结转到{y+1}年。
依申请公开受理数{A>new}件，办结数{B>done}件。
{y}年共有{A>new}件政府信息公开申请，其中予以公开{B>granted}件。||cells=received_new.total=A
由于信息不存在等原因无法提供{A>unavailable}件，因重复申请不予处理{B>np.repeated}件。||heading
其中，属于行政执法案卷不予公开的{A>refused.enforcement_case_file}件，属于内部事务信息不予公开的{B>refused.internal_affairs}件。||heading
申请人逾期不补正视为放弃申请{A>other.not_corrected_in_time}件。||heading
因申请内容不明确，经补正后仍不明确而无法提供{A>unavailable.still_unclear}件。||heading
全年因政府信息公开引起行政复议{A>R.total}宗，被提起行政诉讼{B>L.total}宗，目前均未审结。||also=R.pending=A,L.pending=B
{y}年政府信息公开类行政复议案件{A>R.total}件，已审结的案件中维持{B>R.upheld}件、纠正{C>R.corrected}件，未审结{D>R.pending}件。
{y}年，我市涉及政府信息公开的行政复议{A>R.total@area}件（维持{B>R.upheld@area}件、纠正{C>R.corrected@area}件、其他结果{D>R.other@area}件），行政诉讼{E>L.total@area}件。
因政府信息公开直接提起诉讼{A>LD.total}件，复议后提起诉讼{B>LA.total}件。
本年度本单位因政府信息公开申请行政复议0件、行政诉讼0件。||zero=R.total,L.total
{y}年度未被申请行政复议，未被提起行政诉讼。||zero=R.total,L.total
全年没有发生一起因信息公开引起的行政复议、行政诉讼案件。||zero=R.total,L.total
{y}年，本机关无新收政府信息公开申请，无上年结转申请。||zero=new,in
{y}年未接到公民、法人及其他组织的政府信息公开申请，也未发生行政复议和诉讼。||zero=new,R.total,L.total
本年度，我镇没有依申请公开的政府信息。||zero=new
我局未发生因政府信息公开被提起行政复议或行政诉讼的情况，未收取信息处理费。||zero=R.total,L.total
报告期内无行政复议；行政诉讼{A>L.total}件，系政府信息公开引起。||zero=R.total
全年共制发行政规范性文件{A>docs.issued}件，均按要求备案；宣布失效{B>docs.repealed}件。
{y}年度，我局现行有效行政规范性文件共{A>docs.in_force}件。
{y}年，共作出行政处罚{A>penalties.decisions}件、行政强制{B>coercion.decisions}件，行政许可{C>licensing.decisions}件。
{y}年行政事业性收费{A~money>fees.amount}万元，全部上缴国库。
本年度没有出台规章，出台行政规范性文件{A>docs.issued}件。||zero=rules.issued scope=area
市政府本级{y}年收到政府信息公开申请{A>new@represented}件，全市收到政府信息公开申请{B>new@area}件。||scope=area
全市政府信息公开申请{A>new@area}件，其中市政府办公厅{B}件。||scope=area
本单位受理{A>new@own}件，全县各部门共受理{B>new@area}件。||heading
办理建议提案{A!}件，依申请公开{B>new}件。||cells=received_new.total=B
发布工作信息{A!}条，回复网友留言{B!}条，收到信息公开申请{C>new}条。
对{A!}名工作人员开展培训{B!}场，下发通报{C!}期；全年共受理申请公开{D>new}件。
{y}年，受理群众来信来访{A!}件次，办理12345工单{B!}件，办结率100%。
全年办理行政审批事项{A!}件，提供政策咨询{B!}次，均未收费。
行政复议机关共受理行政复议申请{A!}件，审结{B!}件。
{y-1}年，我局收到政府信息公开申请{A!}件，办结{B!}件。
{y}年收到申请{A>new}件（{y-1}年为{B!}件）。||heading
申请数量由{y-1}年的{A!}件上升至{y}年的{B}件。||heading
收到政府信息公开申请近{A!}件，公开各类信息{B!}多条。
网上受理{A!}件，窗口受理{B!}件，信函受理{C!}件。||heading
一季度受理{A!}件，二季度受理{B!}件，全年共受理{C>new}件。||heading
应予公开而未公开的信息0条，不予公开的信息均说明理由。
未收到关于政府信息公开工作的举报投诉。
本机关不存在应当公开而不公开政府信息的情形，没有因信息公开被追究责任。
修订依申请公开工作规程{A!}项，规范答复文书{B!}份。
公开行政许可{A!}条、行政处罚{B!}条，公示率100%。
开设政府信息公开查阅点{A!}个，接待查阅{B!}人次。
自{y-2}年以来，共办理政府信息公开申请{A!}件。
平均每件申请办理时间{A}天。
全年政府信息公开申请量居前三位的是规划类{A}件、土地类{B}件、财政类{C}件。||heading
政府网站“依申请公开”栏目访问量{A!}次。
共收到政府信息公开申请{A>new}件，涉及{B!}个部门。
全年召开依申请公开会商会{A!}次，答复{B>done}件。||heading
公开行政规范性文件{A!}件，制发政策解读{B!}篇。
# phrasings of other kinds of agencies
{y}年，我厅共受理政府信息公开申请{A>new}件（含网上{B!}件、信函{C!}件），已全部办理完毕。
本年度收到的信息公开申请总数为{A>new}件，比上年减少{B!}件，降幅{P}%。
{y}年，我局共处理政府信息公开申请{A+B>handled}件，包括{y-1}年度结转{B>in}件和{y}年度新收{A>new}件。
办结政府信息公开申请{A>done}件（含上年结转{B>in}件），结转下年度继续办理{C>out}件。
在{A>new}件新收申请中，自然人申请{B>new/natural_person}件，商业企业申请{C>new/commercial_enterprise}件。
年内共收到政府信息公开申请{A>new}件，其中已主动公开{B!}件、部分公开{C>partly}件。
全年共计答复政府信息公开申请{A>done}件，其中，全部公开{B>granted}件，部分公开{C>partly}件，不予公开{D>refused}件，非政府信息{E!}件。
依申请公开工作方面，新收申请{A>new}件，办结{B>done}件，其中同意公开{C>granted}件，因本机关不掌握相关政府信息无法提供{D>unavailable.not_held}件，作其他处理{E>other}件，结转下年{F>out}件。
答复结果为“予以公开”的{A>granted}件，答复结果为“无法提供”的{B>unavailable}件。||heading
因申请人撤回等原因作其他处理{A>other}件。||heading
不予公开{A>refused}件，主要是涉及内部管理信息和过程性信息。||heading
{y}年度，市教育局共办理依申请公开事项{A>done}件，其中：予以公开{B>granted}件、部分公开{A-B>partly}件。
受理政府信息公开申请{A>new}件，按期答复{B>done}件，按期答复率100%，因政府信息公开申请引发行政复议{C>R.total}件，行政诉讼{D>L.total}件。
新增政府信息公开申请{A>new}件，上年结转{B>in}件。
本局今年共收到政府信息公开申请{A~zh>new}件，均为自然人申请，予以公开{B~zh>granted}件。
{y}年，我市共受理依申请公开{A>new@area}件，办结率100%，市本级受理{B>new@represented}件。||scope=area
{y}年，全区共收到政府信息公开申请{A>new@area}件，申请方式以网络、信函为主。||scope=area
街道全年受理政府信息公开申请{A>new}件，均由街道办事处依法答复，无行政复议、行政诉讼。||zero=R.total,L.total
本机关作为行政复议被申请人的政府信息公开案件{A!}件。
因对政府信息公开答复不服，申请人提起行政复议{A>R.total}件、行政诉讼{B>L.total}件。
收到信息公开类行政复议{A>R.total}件，行政诉讼{B>L.total}件，均维持原答复。||also=R.upheld=A,L.upheld=B
政府信息公开类行政诉讼{A>L.total}件（未经复议直接起诉{B>LD.total}件，复议后起诉{C>LA.total}件），其中结果维持{D>L.upheld}件。
涉及政府信息公开的复议案件结果维持{A>R.upheld}件，诉讼案件结果维持{B>L.upheld}件。
政府信息公开行政复议案件{A>R.total}件，其中撤销{B>R.corrected}件，维持{C>R.upheld}件，终止{D>R.other}件。
政府信息公开工作被申请行政复议{A>R.total}件；结果：维持{B>R.upheld}件，纠正{C>R.corrected}件。
全年未因政府信息公开发生行政复议或行政诉讼。||zero=R.total,L.total
没有出现因政府信息公开而引发的行政复议和行政诉讼现象。||zero=R.total,L.total
{y}年我镇政府信息公开申请、行政复议、行政诉讼均为零。||zero=new,R.total,L.total
{y}年，未有公民、法人或其他组织向本单位提出政府信息公开申请。||zero=new
本年度我单位没有受理依申请公开事项。||zero=new
今年以来，依申请公开收件0件，引起行政复议0件，引起行政诉讼0件。||zero=new,R.total,L.total
本年共收到依申请公开政府信息{A>new}件，全部按要求办结，无行政诉讼案件发生。||zero=L.total
全年没有因政府信息公开工作引起行政诉讼，引起行政复议{A>R.total}件。||zero=L.total
新制发行政规范性文件{A>docs.issued}件，废止失效行政规范性文件{B>docs.repealed}件，现行有效{C>docs.in_force}件。
行政规范性文件方面，本年制发{A>docs.issued}件，废止{B>docs.repealed}件，现行有效{C>docs.in_force}件。
全年办结行政许可事项{A>licensing.decisions}件，实施行政处罚{B>penalties.decisions}件。
{y}年，我局作出行政处罚决定{A>penalties.decisions}件，公开行政处罚决定书{B!}份。
行政事业性收费总金额为{A~money>fees.amount}万元。
落实减税降费政策，减免行政事业性收费{A~money!}万元。
{y}年没有收取行政事业性收费。||zero=fees.amount
主动公开行政规范性文件{A!}件、其他政策文件{B!}件。
在政府网站集中公开现行有效的行政规范性文件{A>docs.in_force}件。
信访局{y}年共接待群众来访{A!}批，受理网上信访{B!}件，按期办结{C!}件。
全年立案查处违法案件{A!}件，办结{B!}件，移送司法机关{C!}件。
受理群众举报{A!}件，均在法定期限内答复；收到政府信息公开申请{B>new}件。
公开招标{A!}次，签订合同{B!}份，答复供应商质疑{C!}件。
全年公示行政许可{A!}件，行政处罚{B!}件。
受理不动产登记申请{A!}件，当日办结{B!}件。
共受理低保申请{A!}件，审批通过{B!}件。
劳动仲裁受理案件{A!}件，调解{B!}件。
司法局全年办理行政应诉案件{A!}件，出庭{B!}次。
电话解答依申请公开咨询{A!}次，当面解答{B!}次。
依申请公开平均办理时长{A}天，较法定时限压缩{P}%。
{y-1}年度结转的{A>in}件均已办结。||heading
比{y-1}年多{A!}件。||heading
不低于{A!}件的申请涉及征地。||heading
共{A!}人次参加依申请公开培训，编发案例{B!}个。
{y}年第四季度收到政府信息公开申请{A!}件。
十年来累计受理政府信息公开申请{A!}件。
预计{y+1}年申请量将超过{A!}件。||heading
收到政府信息公开申请{A>new}件，其中{B!}件经沟通后申请人主动撤回。
按照{y-1}年评估反馈的{A!}个问题，修订答复模板{B!}种。
# phrasings written last
{y}年共收到政府信息公开申请{A>new}件，其中通过在线平台收到{B!}件，邮寄收到{C!}件。
截止年底，我局共收到依申请公开申请{A>new}件，已答复{B>done}件，未答复{C>out}件。
本机关全年收到依申请公开{A>new}件次，全部在规定期限内办结。
{y}年，全系统共收到政府信息公开申请{A>new}件，办结{B>done}件。
收到政府信息公开申请{A>new}宗（自然人{B>new/natural_person}宗，商业企业{C>new/commercial_enterprise}宗，法律服务机构{D>new/legal_service_organisation}宗）。
本年新收申请{A>new}件，上年结转申请{B>in}件；予以公开{C>granted}件，部分公开{D>partly}件，不予公开{E>refused}件，无法提供{F>unavailable}件，不予处理{G>np}件，其他处理{H>other}件；结转下年度继续办理{I>out}件。
全年处理申请{A+B>handled}件，其中上年度结转{B>in}件、本年度新收{A>new}件。||heading
新收政府信息公开申请{A>new}件（含转办件），同比增长{P}%，按期答复{B>done}件。
对收到的{A>new}件政府信息公开申请逐一登记、及时办理，其中{B>granted}件予以公开，{C>unavailable.not_held}件因本机关不掌握而无法提供，{D>np.petition_or_complaint}件属于信访举报投诉类申请不予处理。
{y}年，本单位受理政府信息公开申请{A>new}件，其中：公开{B>granted}件，部分公开{C>partly}件，无法提供{D>unavailable}件。
共受理公民、法人及其他组织依申请公开{A>new}份，均按期书面答复。
依申请公开办理情况：收到{A>new}件，办结{B>done}件，结转{C>out}件。
本年度没有新收申请，办结上年结转申请{A>in}件。||heading zero=new
办理结果中，予以公开的占{P}%，无法提供的占{Q}%，共办结{A>done}件。||heading
不予公开{A>refused}件：其中属于国家秘密{B>refused.state_secret}件，属于四类过程性信息{C>refused.process_information}件，保护第三方合法权益{D>refused.third_party_rights}件。||heading
无法提供{A>unavailable}件：没有现成信息需要另行制作{B>unavailable.must_be_created}件，补正后申请内容仍不明确{C>unavailable.still_unclear}件。||heading
其他处理{A>other}件，其中申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请{B>other.not_corrected_in_time}件，申请人逾期未按收费通知要求缴纳费用{C>other.fee_not_paid_in_time}件。||heading
本年度共有政府信息公开行政复议案件{A>R.total}件，结果维持{B>R.upheld}件，结果纠正{C>R.corrected}件，其他结果{D>R.other}件。行政诉讼案件{E>L.total}件，其中未经复议直接起诉{F>LD.total}件，复议后起诉{G>LA.total}件。
{y}年本机关政府信息公开工作被申请行政复议{A>R.total}件（维持{B>R.upheld}件，尚未审结{C>R.pending}件）、被提起行政诉讼{D>L.total}件（尚未审结{E>L.pending}件）。
因信息公开申请被提起行政复议{A>R.total}件，行政诉讼0件，复议结果全部维持。||zero=L.total also=R.upheld=A
政府信息公开引发的行政复议{A>R.total}起，其中{B>R.other}起申请人撤回复议申请，{C>R.upheld}起维持。
未经复议直接起诉{A>LD.total}件，其中结果维持{B>LD.upheld}件；复议后起诉{C>LA.total}件，其中结果维持{D>LA.upheld}件。||context=政府信息公开行政诉讼情况：
我局无政府信息公开行政复议和行政诉讼案件。||zero=R.total,L.total
{y}年，未收到信息公开申请，未产生信息公开费用，未发生行政复议、行政诉讼。||zero=new,R.total,L.total
全年未接到依申请公开事项，无举报、复议、诉讼。||zero=new,R.total,L.total
{y}年收到公开申请0件，被复议0件，被诉讼0件。||zero=new,R.total,L.total
本年度无结转申请，无行政复议。||zero=R.total
本机关{y}年制定出台行政规范性文件{A>docs.issued}件，清理后废止{B>docs.repealed}件。
本年制发规范性文件{A>docs.issued}份，截至年底现行有效规范性文件{B>docs.in_force}份。
行政许可决定{A>licensing.decisions}件，行政处罚决定{B>penalties.decisions}件，行政强制决定{C>coercion.decisions}件。
我局全年依法作出行政许可{A>licensing.decisions}件，全部按期公示。
收取行政事业性收费共计{A~money>fees.amount}万元。
全市共收到政府信息公开申请{A>new@area}件，市级部门{B}件、县（市、区）{C}件。
我县各级行政机关新收政府信息公开申请{A>new@area}件，办结{B>done@area}件，其中予以公开{C>granted@area}件。
代表县政府受理政府信息公开申请{A>new@represented}件，全部办结。
我局及下属单位发布微博{A!}条、微信{B!}条，受理群众诉求{C!}件，办结率{P}%。
组织行政复议应诉业务学习{A!}次，编印案例{B!}册。
{y}年，区行政复议局受理行政复议申请{A!}件，同比增长{P}%。
审查政府信息公开答复文书{A!}份，提出修改意见{B!}条。
办理领导信箱来信{A!}件，办结{B!}件，满意率{P}%。
规范性文件合法性审核{A!}件，重大合同审核{B!}件。
通过“政民互动”受理咨询{A!}条，答复{B!}条。
政府信息公开申请主要集中在土地征收（{A}件）、房屋拆迁（{B}件）。||heading
与去年同期相比，受理量增加{A!}件，办结量增加{B!}件。||heading
去年收到{A!}件，今年收到{B>new}件。||heading
申请量较{y-1}年的{A!}件下降{P}%。||heading
收到政府信息公开申请约{A!}余件。
培训机构备案{A!}家，行政检查{B!}次，行政指导{C!}件。
收到政协提案{A!}件、人大建议{B!}件，答复率100%；收到依申请公开{C>new}件，答复率100%。
为{A!}家企业办理许可{B}件，收费0元。
"""


@dataclass(frozen=True)
class Expected:
    """A figure that a text states."""

    metric: str
    value: Decimal
    scope: str


@dataclass(frozen=True)
class Sample:
    """A labelled text: ``claims`` it states, ``not_claims`` (values of other
    things) and, of these, what must be reported as unresolved."""

    template: str
    text: str
    scope: str
    form: str
    cells: dict[CellKey, Cell]
    claims: frozenset[Expected]
    not_claims: frozenset[Decimal]
    unresolved: frozenset[Decimal]


def templates(held_out: bool | None = None) -> tuple[str, ...]:
    """The templates; only those held out (True) or developed on (False)."""
    lines = [line for line in TEMPLATES.splitlines() if line and not line.startswith("# ")]
    return tuple(line for line in lines if held_out is None or (crc32(line.encode()) % HELD_OUT == 0) == held_out)


def samples(seed: int, rounds: int, held_out: bool | None = None) -> Iterator[Sample]:
    """``rounds`` texts of every template, the same for the same seed."""
    for number in range(rounds):
        for template in templates(held_out):
            yield fill(template, Random(f"{seed}:{number}:{template}"))


def fill(template: str, random: Random) -> Sample:
    """One text of a template, amid prose that states no figure of the form."""
    line, _, tail = template.partition("||")
    options = _options(tail)
    values = _Values(random)
    scope = options.get("scope", "own")
    claims: set[Expected] = set()
    others: set[Decimal] = set()
    unresolved: set[Decimal] = set()
    units = {"u": random.choice(APPLICATION_UNITS), "v": random.choice(REVIEW_UNITS)}

    def put(match: re.Match[str]) -> str:
        name = match[1]
        if name in units:
            return units[name]
        if name[0] == "y":
            return str(YEAR + int(name[1:] or 0))
        head, _, metric = name.partition(">")
        head, mark = head.removesuffix("!"), head.endswith("!")
        expression, _, style = head.partition("~")
        value = values.of(expression, style)
        if metric:
            claims.update(_expected(part, value, scope) for part in metric.split("&"))
        elif expression not in "PQO":
            others.add(value)
            if mark:
                unresolved.add(value)
        return _print(value, style)

    context = options.get("context", "依申请公开情况。" if "heading" in options else "")
    text = re.sub(r"\{([^{}]+)\}", put, context + line)
    claims.update(_expected(metric, Decimal(0), scope) for metric in options.get("zero", "").split(",") if metric)
    for item in options.get("also", "").split(","):
        if item:
            metric, _, expression = item.partition("=")
            claims.add(_expected(metric, values.of(expression, ""), scope))
    text = text.replace("⏎", "\n")
    return Sample(
        template=template,
        text="¶".join(part for part in (random.choice(BEFORE), text, random.choice(AFTER)) if part),
        scope=scope,
        form=options.get("form", "2021"),
        cells=dict(_cells(options.get("cells", ""), values)),
        claims=frozenset(claims),
        not_claims=frozenset(others - {claim.value for claim in claims}),
        unresolved=frozenset(unresolved),
    )


BEFORE = (
    "",
    "",
    "依据《中华人民共和国政府信息公开条例》第五十条编制本报告，统计期限为2024年1月1日至2024年12月31日。¶一、总体情况",
    "一、总体情况¶（一）主动公开情况。围绕中心工作，及时更新机构职能和办事指南。",
)
AFTER = (
    "",
    "",
    "（三）政府信息管理情况。严格落实“三审三校”，定期清理过时内容。",
    "五、存在的主要问题及改进情况¶一是更新不够及时。二是答复文书说理不够充分。",
)


class _Values:
    """The numbers of one text: a letter's is drawn once, no two are equal."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._drawn: dict[str, Decimal] = {}

    def of(self, expression: str, style: str) -> Decimal:
        total = Decimal(0)
        for sign, letter in re.findall(r"([+-]?)([A-Z]|\d+)", expression):
            value = Decimal(letter) if letter.isdigit() else self._letter(letter, style)
            total += -value if sign == "-" else value
        return total

    def _letter(self, letter: str, style: str) -> Decimal:
        while letter not in self._drawn:
            drawn = Decimal(self._draw(letter, style))
            sums = {a + b for a in self._drawn.values() for b in self._drawn.values()}
            if drawn not in self._drawn.values() and drawn not in sums:
                self._drawn[letter] = drawn
        return self._drawn[letter]

    def _draw(self, letter: str, style: str) -> str:
        # A is the larger one: B and C are often taken from it.
        if style == "sep":
            return str(self._random.randint(1000, 99999))
        if style == "money":
            return f"{self._random.randint(1, 99999)}.{self._random.randint(1, 99)}"
        if style == "zh":
            return str(self._random.randint(2, 30))
        if letter in "PQO":
            return f"{self._random.randint(1, 99)}.{self._random.randint(1, 9)}"
        return str(self._random.randint(200, 400) if letter == "A" else self._random.randint(1, 120))


def _options(tail: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for item in tail.split(" "):
        if item:
            name, _, value = item.partition("=")
            options[name] = value
    return options


def _metric(short: str) -> str:
    """``new`` → applications.received_new.total, ``R.upheld`` → review_litigation.review.upheld."""
    head, _, column = short.partition("/")
    name, _, rest = head.partition(".")
    full = METRICS[name] + (f".{rest}" if rest else "")
    if full.startswith("applications."):
        full += f".{column or 'total'}"
    return full


def _expected(short: str, value: Decimal, scope: str) -> Expected:
    metric, _, own_scope = short.partition("@")
    return Expected(_metric(metric), value, own_scope or scope)


def _cells(listed: str, values: _Values) -> Iterator[tuple[CellKey, Cell]]:
    for item in listed.split(","):
        if item:
            name, _, expression = item.partition("=")
            parts = name.split(".")
            table = parts.pop(0) if parts[0] in ("proactive", "review_litigation") else "applications"
            key = (table, ".".join(parts[:-1]), parts[-1])
            value = values.of(expression, "")
            yield key, Cell(key, str(value), "reported", value, Place())


def _print(value: Decimal, style: str) -> str:
    if style == "sep":
        return f"{int(value):,}"
    if style == "full":
        return str(value).translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    if style == "zh":
        return _chinese(int(value))
    return str(value)


def _chinese(value: int) -> str:
    """2 → 两, 12 → 十二, 25 → 二十五; up to 99."""
    digits = "零一二三四五六七八九"
    if value < 10:
        return "两" if value == 2 else digits[value]
    tens, ones = divmod(value, 10)
    return (digits[tens] if tens > 1 else "") + "十" + (digits[ones] if ones else "")
